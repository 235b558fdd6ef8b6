/** The house: which package may import which, and what loads native code. */
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"

const packages = fileURLToPath(new URL("../../", import.meta.url))

/** No arrow points up, and none points sideways but for what is listed with it. */
const FLOORS: { readonly [name: string]: { readonly floor: number; readonly beside?: ReadonlyArray<string> } } = {
  core: { floor: 0 },
  equivalence: { floor: 1 },
  entropy: { floor: 1 },
  advantage: { floor: 1 },
  compile: { floor: 1 },
  runtime: { floor: 2 },
  sampling: { floor: 3 },
  grpo: { floor: 3 },
  data: { floor: 3 },
  trainer: { floor: 4 },
  report: { floor: 4 },
  cli: { floor: 5 },
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, unknown>>
}

const manifest = (name: string) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as Manifest

const sources = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file))

/** Names of the packages that the sources of a package import, types included. */
const imported = (name: string): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const file of sources(join(packages, name, "src"))) {
    const code = readFileSync(file, "utf8").replace(/\/\*\*[\s\S]*?\*\//g, "")
    for (const match of code.matchAll(/^(?:im|ex)port\b[\s\w{},*$]*?"([^".][^"]*)"|\bimport\("([^".][^"]*)"\)/gm)) {
      const parts = (match[1] ?? match[2]!).split("/")
      found.add(parts[0]!.startsWith("@") ? `${parts[0]}/${parts[1]}` : parts[0]!)
    }
  }
  return found
}

const ours = (name: string) =>
  [...imported(name)].filter((one) => one.startsWith("@seed-grpo/")).map((one) => one.slice(11))

describe("architecture", () => {
  it("every published package has a floor", () => {
    const published = readdirSync(packages).filter((name) => !("private" in manifest(name)))
    assert.deepStrictEqual(published.toSorted(), Object.keys(FLOORS).toSorted())
  })

  for (const [name, { floor }] of Object.entries(FLOORS)) {
    it(`${name} imports lower floors only`, () => {
      for (const other of ours(name)) assert.isBelow(FLOORS[other]?.floor ?? Infinity, floor, `${name} → ${other}`)
    })

    it(`${name} declares what it imports, and nothing else`, () => {
      const { dependencies = {}, peerDependencies = {} } = manifest(name)
      // Peers that a user may choose among, or that are passed on to a package beneath.
      const optional = new Set([
        "@tensorflow/tfjs-node",
        "@tensorflow/tfjs-node-gpu",
        "webgpu",
        "onnxruntime-node",
        "onnxruntime-web",
        "@huggingface/tokenizers",
      ])
      const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)])
      const used = [...imported(name)].filter((one) => !one.startsWith("node:"))
      for (const one of used) assert.isTrue(declared.has(one), `${name} imports ${one} and does not declare it`)
      // Read by path, not by import: headers for a compiler.
      const unused = [...declared].filter((one) => !used.includes(one) && one !== "node-api-headers")
      assert.deepStrictEqual(
        unused.filter((one) => !optional.has(one)),
        [],
      )
    })
  }

  it("entropy, equivalence and advantage stand on core and effect alone", () => {
    for (const name of ["entropy", "equivalence", "advantage"]) {
      const { peerDependenciesMeta = {} } = manifest(name)
      const needed = [...imported(name)].filter((one) => !one.startsWith("node:") && !(one in peerDependenciesMeta))
      assert.deepStrictEqual(needed.toSorted(), ["@seed-grpo/core", "effect"], name)
    }
  })

  it("tensors stay in compile, runtime and grpo", () => {
    for (const name of Object.keys(FLOORS)) {
      const tensors = [...imported(name)].filter((one) => one.startsWith("@tensorflow/"))
      if (!["compile", "runtime", "grpo"].includes(name)) assert.deepStrictEqual(tensors, [], name)
    }
  })

  it("importing runtime's root, and everything on it but the cli, loads no native code", () => {
    for (const name of Object.keys(FLOORS).filter((one) => one !== "cli")) {
      const script = `process.dlopen = () => { throw new Error("native code") }; await import("@seed-grpo/${name}")`
      execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: join(packages, name),
        stdio: "pipe",
      })
    }
  })
})
