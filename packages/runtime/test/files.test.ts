import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { DrawToken, ModelConfig, ModelFolder, Padding, Parameters, Safetensors, Weights } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

const fixture = fileURLToPath(new URL("./fixtures/tiny-qwen2", import.meta.url))

/** A safetensors file with any header and any number of data bytes. */
const file = (header: unknown, data: number, options: { readonly length?: bigint } = {}): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data)
  new DataView(bytes.buffer).setBigUint64(0, options.length ?? BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

const entry = (shape: ReadonlyArray<unknown>, offsets: ReadonlyArray<unknown>, dtype: unknown = "F32") => ({
  dtype,
  shape,
  data_offsets: offsets,
})

const reasonOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof Safetensors.SafetensorsError || error instanceof ModelConfig.ModelConfigError)
      return error.reason
    throw error
  }
  return "accepted"
}

describe("Safetensors", () => {
  it.each([
    ["empty", new Uint8Array(), "truncated"],
    ["shorter than its length field", new Uint8Array(7), "truncated"],
    ["a header beyond the file", file({}, 0, { length: 50n }), "truncated"],
    ["a header of 2⁶³ bytes", file({}, 0, { length: 2n ** 63n }), "bad-header"],
    ["a header that is not JSON", file("{", 0), "bad-header"],
    ["a header that is a list", file([], 0), "bad-header"],
    ["a header that is not UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), "bad-header"],
    ["an unknown type", file({ w: entry([1], [0, 8], "F64") }, 8), "unsupported-dtype"],
    ["a type named __proto__", file({ w: entry([1], [0, 4], "__proto__") }, 4), "unsupported-dtype"],
    ["a negative length", file({ w: entry([-1], [0, 4]) }, 4), "bad-entry"],
    ["half a length", file({ w: entry([1.5], [0, 6]) }, 6), "bad-entry"],
    ["a length that is a text", file({ w: entry(["1"], [0, 4]) }, 4), "bad-entry"],
    ["a size that overflows", file({ w: entry([2 ** 40, 2 ** 40], [0, 4]) }, 4), "bad-entry"],
    ["no offsets", file({ w: { dtype: "F32", shape: [1] } }, 4), "bad-entry"],
    ["one offset", file({ w: entry([1], [0]) }, 4), "bad-entry"],
    ["offsets the wrong way round", file({ w: entry([1], [4, 0]) }, 4), "bad-entry"],
    ["offsets beyond the file", file({ w: entry([2], [0, 8]) }, 4), "bad-entry"],
    ["fewer bytes than the shape", file({ w: entry([2], [0, 4]) }, 4), "bad-entry"],
    ["overlapping tensors", file({ a: entry([1], [0, 4]), b: entry([1], [0, 4]) }, 4), "bad-entry"],
    ["a hole between tensors", file({ a: entry([1], [0, 4]), b: entry([1], [8, 12]) }, 12), "bad-entry"],
    ["bytes after the last tensor", file({ a: entry([1], [0, 4]) }, 8), "bad-header"],
    ["an entry that is null", file({ a: null }, 0), "bad-entry"],
  ] as const)("refuses %s", (_, bytes, reason) => {
    assert.strictEqual(
      reasonOf(() => Safetensors.parse(bytes)),
      reason,
    )
  })

  it("reads half precisions exactly", () => {
    const bytes = file({ h: entry([7], [0, 14], "F16"), b: entry([3], [14, 20], "BF16") }, 20)
    const view = new DataView(bytes.buffer, bytes.length - 20)
    // 1, −2, 65504 (the greatest), 2⁻²⁴ (the least), ∞, NaN, −0
    for (const [i, bits] of [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00, 0x8000].entries()) {
      view.setUint16(2 * i, bits, true)
    }
    // 1, −3.140625, 2¹²⁷
    for (const [i, bits] of [0x3f80, 0xc049, 0x7f00].entries()) view.setUint16(14 + 2 * i, bits, true)
    const tensors = Safetensors.parse(bytes)
    assert.deepStrictEqual([...tensors.get("h")!.data], [1, -2, 65504, 2 ** -24, Infinity, NaN, -0])
    assert.deepStrictEqual([...tensors.get("b")!.data], [1, -3.140625, 2 ** 127])
  })

  it("writes what Python wrote, tensor by tensor, and the same bytes twice", () => {
    const tensors = Safetensors.parse(readFileSync(`${fixture}/model.safetensors`))
    const bytes = Safetensors.serialize(tensors, { format: "pt" })
    assert.deepStrictEqual(Safetensors.parse(bytes), tensors)
    assert.deepStrictEqual(Safetensors.serialize(tensors, { format: "pt" }), bytes)
  })
})

describe("ModelFolder", () => {
  /** A copy of the fixture with some files changed or, where `undefined`, removed. */
  const changed = (files: { readonly [name: string]: string | Uint8Array | undefined }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]) {
        if (!(name in files)) yield* fs.copyFile(`${fixture}/${name}`, `${folder}/${name}`)
      }
      for (const [name, content] of Object.entries(files)) {
        if (typeof content === "string") yield* fs.writeFileString(`${folder}/${name}`, content)
        else if (content !== undefined) yield* fs.writeFile(`${folder}/${name}`, content)
      }
      return folder
    })

  const weights = Safetensors.parse(readFileSync(`${fixture}/model.safetensors`))
  const without = (name: string) => Safetensors.serialize(new Map([...weights].filter(([key]) => key !== name)))
  const index = (map: unknown) => JSON.stringify({ weight_map: map })

  it.live.each([
    [
      "no config.json",
      { "config.json": undefined },
      "ModelFolderError",
      /expected a file config\.json, found model\.safetensors/,
    ],
    ["no weights", { "model.safetensors": undefined }, "ModelFolderError", /expected a file model\.safetensors/],
    ["no tokenizer", { "tokenizer.json": undefined }, "ModelFolderError", /expected a file tokenizer\.json/],
    ["a config that is not JSON", { "config.json": "{" }, "ModelFolderError", /config\.json: expected JSON/],
    [
      "a tokenizer that is none",
      { "tokenizer.json": '{"model":{"type":"Mystery"}}' },
      "TokenizerError",
      /expected a Hugging Face tokenizer/,
    ],
    ["damaged weights", { "model.safetensors": new Uint8Array(20) }, "SafetensorsError", /model\.safetensors: /],
    [
      "an index that points elsewhere",
      { "model.safetensors": undefined, "model.safetensors.index.json": index({ w: "../secret.safetensors" }) },
      "ModelFolderError",
      /found "\.\.\/secret\.safetensors"/,
    ],
    [
      "an index without a map",
      { "model.safetensors": undefined, "model.safetensors.index.json": "{}" },
      "ModelFolderError",
      /weight_map/,
    ],
    [
      "a missing shard",
      {
        "model.safetensors": undefined,
        "model.safetensors.index.json": index({ w: "model-00001-of-00001.safetensors" }),
      },
      "ModelFolderError",
      /expected a file model-00001-of-00001\.safetensors/,
    ],
  ] as const)("%s is a typed error that names the file", ([, files, tag, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ModelFolder.load(yield* changed(files)))
      assert.strictEqual(error._tag, tag)
      assert.match(error.message, message)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("no folder", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ModelFolder.load("no-such-folder"))
      assert.strictEqual(error._tag === "ModelFolderError" && error.reason, "no-folder")
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.live("a tokenizer larger than the embedding is refused", () =>
    Effect.gen(function* () {
      const config = readFileSync(`${fixture}/config.json`, "utf8").replace('"vocab_size": 512', '"vocab_size": 500')
      const error = yield* Effect.flip(ModelFolder.load(yield* changed({ "config.json": config })))
      assert.strictEqual(error._tag === "ModelFolderError" && error.reason, "tokenizer-too-large")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it.live("shards make the same model as one file", () =>
    Effect.gen(function* () {
      const names = [...weights.keys()]
      const part = (from: number, to: number) =>
        Safetensors.serialize(new Map(names.slice(from, to).map((name) => [name, weights.get(name)!])))
      const folder = yield* changed({
        "model.safetensors": undefined,
        "a.safetensors": part(0, 10),
        "b.safetensors": part(10, names.length),
        "model.safetensors.index.json": index(
          Object.fromEntries(names.map((name, i) => [name, i < 10 ? "a.safetensors" : "b.safetensors"])),
        ),
      })
      assert.deepStrictEqual(yield* Weights.toHost((yield* ModelFolder.load(folder)).weights), weights)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  )

  it("missing, extra and mis-shaped tensors are named", () => {
    const config = ModelConfig.parse(JSON.parse(readFileSync(`${fixture}/config.json`, "utf8")))
    const message = (host: Safetensors.HostTensors) => {
      try {
        Parameters.fromHost(config, host)
      } catch (error) {
        return (error as Error).message
      }
      return "accepted"
    }
    assert.include(message(Safetensors.parse(without("model.norm.weight"))), "found missing model.norm.weight")
    const extra = new Map([...weights, ["model.extra", { shape: [1], data: Float32Array.of(0) }] as const])
    assert.include(message(extra), "found unknown model.extra")
    const wrong = new Map([...weights, ["model.norm.weight", { shape: [47], data: new Float32Array(47) }] as const])
    assert.include(message(wrong), "found model.norm.weight as [47] and not [48]")
  })
})

describe("Padding", () => {
  it("left and right, side by side", () => {
    const left = Padding.left([Int32Array.of(1), Int32Array.of(2, 3)])
    const right = Padding.right([Int32Array.of(4, 5), Int32Array.of(6)])
    const { columns, mask, tokens } = Padding.join(left, right)
    assert.strictEqual(columns, 4)
    assert.deepStrictEqual([...tokens], [0, 1, 4, 5, 2, 3, 6, 0])
    assert.deepStrictEqual([...mask], [0, 1, 1, 1, 1, 1, 1, 0])
  })
})

describe("DrawToken", () => {
  const logits = Float32Array.of(0, Math.log(2), -Infinity, Math.log(5))

  it("inverts the cumulative distribution, and never draws what has no weight", () => {
    // Weights 1, 2, 0, 5 of 8.
    for (const [uniform, token] of [
      [0, 0],
      [0.124, 0],
      [0.126, 1],
      [0.374, 1],
      [0.376, 3],
      [1 - 2 ** -53, 3],
    ] as const) {
      const drawn = DrawToken.sample(logits, 1, uniform)
      assert.strictEqual(drawn.token, token)
      assert.closeTo(drawn.logprob, Math.log([1, 2, 0, 5][token]! / 8), 1e-7)
    }
  })

  it("greedy takes the first of equals", () => {
    assert.deepStrictEqual(DrawToken.greedy(Float32Array.of(1, 3, 3)).token, 1)
  })
})
