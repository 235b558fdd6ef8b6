/**
 * Native TensorFlow, through `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, whichever is installed.
 *
 * @since 0.1.0
 */
import { existsSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { DiskCache } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { activate, Backend, BackendError, failedToLoad } from "./Backend.ts"

/**
 * The npm packages that bring TensorFlow to Node, in the order in which they are taken: the same code, of which the first
 * also finds a GPU where the library that it loads was made for one.
 *
 * @since 0.1.0
 * @category constants
 */
export const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const

/**
 * One of {@link PACKAGES}.
 *
 * @since 0.1.0
 * @category models
 */
export type PackageName = (typeof PACKAGES)[number]

/**
 * tfjs-node 4.22 calls two functions of `node:util` that Node deprecated and then removed; the fix was merged upstream and
 * never published.
 */
const restoreRemovedUtilities = (): void => {
  const util = require("node:util") as { [name: string]: unknown }
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined
  util["isArray"] = Array.isArray
}

const require = createRequire(import.meta.url)

/**
 * A tfjs-node package that is installed beside this one.
 *
 * @since 0.1.0
 * @category models
 */
export interface TfjsNodePackage {
  readonly name: PackageName
  readonly folder: string
  /** Whether its native part is there; `seed-grpo native install` provides it. */
  readonly built: boolean
}

const hasAddon = (folder: string): boolean => {
  const library = join(folder, "lib")
  return (
    existsSync(library) && readdirSync(library).some((name) => existsSync(join(library, name, "tfjs_binding.node")))
  )
}

/**
 * The tfjs-node packages that are installed beside this one. Looking does not load them.
 *
 * @since 0.1.0
 * @category measurements
 */
export const installedPackages = (): ReadonlyArray<TfjsNodePackage> =>
  PACKAGES.flatMap((name) => {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`))
      return [{ name, folder, built: hasAddon(folder) }]
    } catch {
      // Not installed: an optional peer.
      return []
    }
  })

const NAMED = "back-end tensorflow"

/** Nothing to load: nothing is installed, or its native part was not provided. */
const absent = (names: ReadonlyArray<PackageName>, unbuilt: TfjsNodePackage | undefined): BackendError =>
  unbuilt === undefined
    ? new BackendError({
        reason: "not-installed",
        at: NAMED,
        expected: names.join(" or "),
        found: names.length === 1 ? "it is not installed" : "neither is installed",
        fix: `Run \`npm install --ignore-scripts ${names[0]}\`, then \`seed-grpo native install\`.`,
      })
    : new BackendError({
        reason: "not-built",
        at: NAMED,
        expected: `the native part of ${unbuilt.name}`,
        found: "its JavaScript only",
        fix:
          names.length === 1
            ? `Run \`seed-grpo native install --package ${unbuilt.name}\`.`
            : "Run `seed-grpo native install`.",
      })

/** One a process: both packages register themselves under one name, each with a TensorFlow library of its own. */
let loaded: PackageName | undefined

const load = ({ folder, name }: TfjsNodePackage) =>
  Effect.try({
    try: () => {
      const programs = DiskCache.open({ library: join(folder, "deps", "lib") })
      // At every stored program TensorFlow notes, as errors, preferences of its compiler that are no features of a processor.
      process.env["TF_CPP_MIN_LOG_LEVEL"] ??= programs === undefined ? "2" : "3"
      try {
        require(name)
      } finally {
        programs?.loaded()
      }
      loaded = name
      return name
    },
    catch: (cause) => failedToLoad("tensorflow", cause),
  })

/**
 * Loads the first of these packages whose native part is there and works; the error is that of the first. TensorFlow's
 * start-up notes are left out unless `TF_CPP_MIN_LOG_LEVEL` asks for them, it keeps the memory that it has used, unless
 * `TF_CPU_ALLOCATOR_USE_BFC` is false, and compiled programs on disk, unless `SEED_GRPO_COMPILE_CACHE` is off.
 */
const loadAddon = Effect.fnUntraced(function* (names: ReadonlyArray<PackageName>) {
  if (loaded !== undefined) {
    if (names.includes(loaded)) return loaded
    return yield* Effect.fail(
      new BackendError({
        reason: "another-loaded",
        at: NAMED,
        expected: names.join(" or "),
        found: `${loaded}, which this process has loaded already`,
        fix: "Use one of them in a process.",
      }),
    )
  }
  restoreRemovedUtilities()
  // A program's working memory is otherwise mapped and zeroed anew at every call: a third of the time of a training step.
  process.env["TF_CPU_ALLOCATOR_USE_BFC"] ??= "true"
  tf.enableProdMode()
  const installed = installedPackages().filter(({ name }) => names.includes(name))
  const [first, ...others] = installed.filter(({ built }) => built)
  if (first === undefined) return yield* Effect.fail(absent(names, installed[0]))
  return yield* others.reduce(
    (before, other) => Effect.catch(before, (error) => Effect.mapError(load(other), () => error)),
    load(first),
  )
})

interface NativeBackend {
  readonly binding: {
    readonly TF_Version: string
    readonly TF_ATTR_BOOL: number
    readonly TF_ATTR_TYPE: number
    readonly TF_FLOAT: number
  }
  readonly executeSingleOutput: (
    operation: string,
    attributes: ReadonlyArray<{ readonly name: string; readonly type: number; readonly value: unknown }>,
    inputs: ReadonlyArray<tf.TensorInfo>,
  ) => tf.TensorInfo
}

const native = () => tf.backend() as unknown as NativeBackend

let direct = false

/**
 * tfjs-node multiplies a single pair of matrices as a batch of one, which costs TensorFlow 0.1 ms more than `MatMul` does:
 * at the sizes of decoding, two thirds of the time.
 */
const multiplyPairsDirectly = (): void => {
  if (direct) return
  direct = true
  const batched = tf.getKernel("BatchMatMul", "tensorflow")
  tf.unregisterKernel("BatchMatMul", "tensorflow")
  tf.registerKernel({
    ...batched,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo }
      if (a.shape.length !== 2 || b.shape.length !== 2 || a.dtype !== "float32" || b.dtype !== "float32") {
        return batched.kernelFunc(call)
      }
      const { binding, executeSingleOutput } = native()
      const { transposeA, transposeB } = call.attrs as { readonly transposeA: boolean; readonly transposeB: boolean }
      return executeSingleOutput.call(
        native(),
        "MatMul",
        [
          { name: "transpose_a", type: binding.TF_ATTR_BOOL, value: transposeA },
          { name: "transpose_b", type: binding.TF_ATTR_BOOL, value: transposeB },
          { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
        ],
        [a, b],
      )
    },
  })
}

const libraryVersion = (): string => native().binding.TF_Version

const layerOf = (names: ReadonlyArray<PackageName>): Layer.Layer<Backend, BackendError> =>
  Layer.effect(
    Backend,
    Effect.gen(function* () {
      const addon = yield* loadAddon(names)
      multiplyPairsDirectly()
      return yield* activate("tensorflow", () => `TensorFlow ${libraryVersion()} through ${addon}`)
    }),
  )

/**
 * Native TensorFlow through the first of {@link PACKAGES} that is installed and works; fails with a {@link BackendError} that
 * says what is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTensorFlow: Layer.Layer<Backend, BackendError> = layerOf(PACKAGES)

/**
 * Native TensorFlow through the package that is named, and no other.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTensorFlowFrom = (name: PackageName): Layer.Layer<Backend, BackendError> => layerOf([name])
