/** Every vector of Hugging Face's `tokenizers` 0.23.2 (Rust), and text as it is streamed. */
import { readFileSync } from "node:fs"
import { TextStream, Tokenizer } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8"))

interface Golden {
  readonly encode: ReadonlyArray<{
    readonly text: string
    readonly ids: ReadonlyArray<number>
    readonly ids_no_special: ReadonlyArray<number>
    readonly decoded: string
    readonly decoded_skip_special: string
  }>
  readonly decode: ReadonlyArray<{
    readonly ids: ReadonlyArray<number>
    readonly decoded: string
    readonly decoded_skip_special: string
  }>
}

const KINDS = [
  ["byte-level (Qwen2)", "tiny-qwen2", "tiny-qwen2"],
  ["byte-level (Llama 3)", "tiny-llama3", "tiny-llama"],
  ["SentencePiece with byte fallback", "tiny-spm", "tiny-mistral"],
] as const

const streamed = (tokenizer: Tokenizer.Tokenizer, ids: ReadonlyArray<number>, specialTokens: boolean): string => {
  const stream = TextStream.make(tokenizer, { specialTokens })
  return ids.map((id) => stream.push(id)).join("") + stream.flush()
}

describe.each(KINDS)("%s", (_, vectors, model) => {
  const golden = read(`tokenizers/${vectors}.json`) as Golden
  const tokenizer = Tokenizer.fromJson(read(`${model}/tokenizer.json`))

  it("encodes and decodes every text alike", () => {
    for (const { decoded, decoded_skip_special, ids, ids_no_special, text } of golden.encode) {
      assert.deepStrictEqual([...tokenizer.encode(text)], ids, JSON.stringify(text))
      assert.deepStrictEqual([...tokenizer.encode(text, { specialTokens: false })], ids_no_special)
      assert.strictEqual(tokenizer.decode(ids_no_special, { specialTokens: true }), decoded)
      assert.strictEqual(tokenizer.decode(ids_no_special), decoded_skip_special)
    }
  })

  it("decodes every list of ids alike, cut characters too", () => {
    for (const { decoded, decoded_skip_special, ids } of golden.decode) {
      assert.strictEqual(tokenizer.decode(ids, { specialTokens: true }), decoded)
      assert.strictEqual(tokenizer.decode(ids), decoded_skip_special)
    }
  })

  it("streams the same texts", () => {
    for (const { ids } of [...golden.encode, ...golden.decode]) {
      for (const specialTokens of [true, false]) {
        assert.strictEqual(streamed(tokenizer, ids, specialTokens), tokenizer.decode(ids, { specialTokens }))
      }
    }
  })

  it("writes no replacement characters that the text does not have", () => {
    for (const { ids, text } of golden.encode) {
      if (text.includes("\uFFFD")) continue
      const stream = TextStream.make(tokenizer)
      for (const id of ids) assert.notInclude(stream.push(id), "\uFFFD")
      assert.notInclude(stream.flush(), "\uFFFD")
    }
  })

  it.prop(
    "streams any ids as they are decoded at once",
    { ids: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: tokenizer.size - 1 }))) },
    ({ ids }) => {
      assert.strictEqual(streamed(tokenizer, ids, true), tokenizer.decode(ids, { specialTokens: true }))
    },
  )

  it.prop("any text comes back", { text: Schema.String }, ({ text }) => {
    const ids = tokenizer.encode(text, { specialTokens: false })
    // SentencePiece's decoder takes one leading space away, which its encoder put there.
    assert.strictEqual(tokenizer.decode(ids, { specialTokens: true }), text.toWellFormed())
  })

  it("half a surrogate pair is a replacement character", () => {
    assert.deepStrictEqual(tokenizer.encode("a\uD800b"), tokenizer.encode("a\uFFFDb"))
  })

  it("refuses ids that it does not have", () => {
    for (const id of [tokenizer.size, -1, 0.5, NaN]) {
      assert.throws(() => tokenizer.decode([5, id]), Tokenizer.TokenizerError, /expected ids of the tokenizer's/)
    }
  })
})

describe("Tokenizer", () => {
  it("names special tokens", () => {
    const tokenizer = Tokenizer.fromJson(read("tiny-qwen2/tokenizer.json"))
    const end = tokenizer.idOf("<|im_end|>")!
    assert.strictEqual(tokenizer.decode([end]), "")
    assert.strictEqual(tokenizer.decode([end], { specialTokens: true }), "<|im_end|>")
    assert.isUndefined(tokenizer.idOf("<|no such token|>"))
  })

  it.each([
    [null],
    [[]],
    [{}],
    [{ model: { type: "BPE", vocab: {}, merges: 5 } }],
    [{ model: { type: "no such model", vocab: {} } }],
    [{ ...(read("tiny-qwen2/tokenizer.json") as object), decoder: { type: "no such decoder" } }],
    [{ ...(read("tiny-qwen2/tokenizer.json") as object), pre_tokenizer: { type: "Split", pattern: { Regex: "(" } } }],
  ])("refuses %j", (json) => {
    assert.throws(() => Tokenizer.fromJson(json), Tokenizer.TokenizerError)
  })
})
