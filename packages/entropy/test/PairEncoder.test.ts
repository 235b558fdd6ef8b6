import { assert, describe, it } from "@effect/vitest"
import { fromJson, longestFirst } from "@seed-grpo/entropy/PairEncoder"
import { Schema } from "effect"
import { files, golden, json, pairs } from "./tinyNli.ts"

const tokenizer = files.tokenizer as object
const MAX_LENGTH = 48

describe("DeBERTa", () => {
  const encoder = fromJson(tokenizer, files.tokenizerConfig, MAX_LENGTH)

  it.each(golden)("$premise | $hypothesis", ({ cut, hypothesis, ids, premise, types }) => {
    assert.deepStrictEqual(encoder.encode(premise, hypothesis), { ids, types, cut })
  })
})

// Ids and types by the Rust library, `tokenizers` 0.23.2, which also cuts.
describe("other ways to join two texts", () => {
  const templates = json("templates.json") as {
    readonly tokenizer: object
    readonly [name: string]: {
      readonly processor?: object
      readonly longest?: number
      readonly ids?: ReadonlyArray<ReadonlyArray<number>>
      readonly types?: ReadonlyArray<ReadonlyArray<number>>
    }
  }

  it.each(["roberta", "bert", "template", "sequence", "none"])("%s", (name) => {
    const { ids, longest, processor, types } = templates[name]!
    const encoder = fromJson({ ...templates.tokenizer, post_processor: processor }, {}, longest!)
    const encoded = pairs.map((pair) => encoder.encode(...pair))
    assert.deepStrictEqual(
      encoded.map((one) => one.ids),
      ids,
    )
    assert.deepStrictEqual(
      encoded.map((one) => one.types),
      types,
    )
  })

  const Template = { type: "TemplateProcessing", pair: [{ SpecialToken: { id: "<x>", type_id: 0 } }] }
  it.each([
    ["PostProcessor2030", { type: "PostProcessor2030" }],
    [
      "several templates",
      {
        type: "Sequence",
        processors: [
          { ...Template, pair: [] },
          { ...Template, pair: [] },
        ],
      },
    ],
    ["a template with the unknown token <x>", { ...Template, special_tokens: {} }],
    ["RobertaProcessing without", { type: "RobertaProcessing" }],
  ])("%s is refused", (found, post_processor) => {
    assert.throws(() => fromJson({ ...tokenizer, post_processor }, {}, MAX_LENGTH), `found ${found}`)
  })
})

describe("fromJson", () => {
  it("refuses what is no tokenizer", () => {
    assert.throws(() => fromJson({ model: { type: "Unknown" } }, {}, MAX_LENGTH), "tokenizer.json")
  })

  it("refuses a length without room for two texts", () => {
    assert.throws(() => fromJson(tokenizer, {}, 4), "more than 4 tokens")
    assert.strictEqual(fromJson(tokenizer, {}, 5).encode("Paris", "Paris is").ids.length, 5)
  })
})

const Length = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
it.prop(
  "longestFirst keeps what fits, and never cuts the shorter text below half",
  [Length, Length, Length],
  (args) => {
    const [a, b, room] = args
    const [keptA, keptB] = longestFirst(a, b, room)
    assert.strictEqual(keptA + keptB, Math.min(a + b, room))
    assert.isTrue(keptA <= a && keptB <= b)
    assert.isAtLeast(Math.min(keptA, keptB), Math.min(a, b, Math.floor(room / 2)))
  },
)
