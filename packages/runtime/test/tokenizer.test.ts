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
      for (const specialTokens of [true, false]) {
        assert.strictEqual(streamed(tokenizer, ids, specialTokens), tokenizer.decode(ids, { specialTokens }))
      }
    },
  )

  it("streams bytes that never make a character in linear time", () => {
    const begun = [...tokenizer.encode("😀", { specialTokens: false })].at(-4)!
    const ids = Array.from({ length: 20_000 }, (_, index) => (index % 3 === 0 ? begun : index % 250))
    let decoded = 0
    const counting: Tokenizer.Tokenizer = {
      ...tokenizer,
      decode: (tokens, options) => {
        decoded += tokens.length
        return tokenizer.decode(tokens, options)
      },
    }
    for (const tokens of [ids, Array.from({ length: 20_000 }, () => begun)]) {
      decoded = 0
      assert.strictEqual(streamed(counting, tokens, true), tokenizer.decode(tokens, { specialTokens: true }))
      assert.isBelow(decoded, 40 * tokens.length)
    }
  })

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
    assert.strictEqual(tokenizer.tokenOf(end), "<|im_end|>")
    assert.isUndefined(tokenizer.tokenOf(tokenizer.size))
    const names = Array.from(tokenizer.specialTokens, tokenizer.tokenOf)
    assert.deepStrictEqual(names, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
  })

  it("has no text for the rows that a model is padded with", () => {
    const tokenizer = Tokenizer.fromJson(read("tiny-qwen2/tokenizer.json"), {}, 640)
    const ids = [...tokenizer.encode("é")]
    assert.strictEqual(tokenizer.decode([ids[0]!, 639, ids[1]!]), "é")
    assert.strictEqual(streamed(tokenizer, [ids[0]!, 639, ids[1]!, 512], true), "é")
    assert.throws(() => tokenizer.decode([640]), Tokenizer.TokenizerError, /found 640/)
  })

  it("reads both forms of merges", () => {
    const json = read("tiny-qwen2/tokenizer.json") as { readonly model: { readonly merges: ReadonlyArray<string[]> } }
    const merges = json.model.merges.map((pair) => pair.join(" "))
    const tokenizer = Tokenizer.fromJson({ ...json, model: { ...json.model, merges } })
    const text = "Let $x^2$ be the number of points."
    assert.deepStrictEqual(tokenizer.encode(text), Tokenizer.fromJson(json).encode(text))
  })

  it("refuses texts that are too long", () => {
    const tokenizer = Tokenizer.fromJson(read("tiny-qwen2/tokenizer.json"))
    assert.throws(() => tokenizer.encode(" ".repeat(4_000_001)), Tokenizer.TokenizerError, /at most 4000000/)
  })

  it.each([
    [null],
    [[]],
    [{}],
    [{ model: { type: "BPE", vocab: {}, merges: 5 } }],
    [{ model: { type: "no such model", vocab: {} } }],
    [{ model: { type: "BPE", vocab: { a: 4e9 }, merges: [] } }],
    [{ model: { type: "BPE", vocab: { a: -1 }, merges: [] } }],
  ])("refuses %j", (json) => {
    assert.throws(() => Tokenizer.fromJson(json), Tokenizer.TokenizerError)
  })

  const split = (Regex: string, behavior = "Isolated") => ({
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Split", pattern: { Regex }, behavior }] },
  })
  const added = (token: object) => ({ added_tokens: [{ id: 512, content: "x", ...token }] })
  const cyclic: Record<string, unknown> = { type: "Sequence" }
  cyclic["decoders"] = [cyclic]

  it.each([
    ["an unknown decoder", { decoder: { type: "no such decoder" } }, /Unknown Decoder type/],
    ["a missing part", { decoder: undefined, normalizer: undefined }, /./],
    ["half a pattern", split("("), /Invalid regular expression/],
    ["a pattern that takes exponential time", split("(a+)+$"), /repeats repetitions/],
    ["another one", split("x(?:a|[ab\\]])*y"), /repeats repetitions/],
    ["a long pattern", split("a".repeat(10_001)), /10001 characters/],
    ["splits that the library does not know", split(" ", "MergedWithPrevious"), /Split .*MergedWithPrevious/],
    ["isolated punctuation", { pre_tokenizer: { type: "Punctuation" } }, /Punctuation .*Isolated/],
    ["a splitting Metaspace", { pre_tokenizer: { type: "Metaspace" } }, /Metaspace/],
    ["a pipeline that contains itself", { decoder: cyclic }, /levels deep/],
    ["an added token of whole words", added({ single_word: true }), /whole words: x/],
    ["an added token far out", added({ id: 2 ** 31 }), /2147483648/],
    ["an added token without a name", added({ content: 5 }), /"content":5/],
    ["an endless added token", added({ content: "a".repeat(5000) }), /5000 characters/],
    [
      "a template with a token that is not there",
      { post_processor: { type: "TemplateProcessing", single: [{ SpecialToken: { id: "<no>", type_id: 0 } }] } },
      /without an id/,
    ],
  ])("refuses %s", (_, parts, message) => {
    const json = { ...(read("tiny-qwen2/tokenizer.json") as object), ...parts }
    assert.throws(() => Tokenizer.fromJson(json), Tokenizer.TokenizerError, message)
  })

  it.each([
    "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "[\\p{Lu}\\p{M}]*[\\p{Ll}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}]+[\\r\\n/]*|\\s+",
  ])("takes the pattern %s", (pattern) => {
    const json = { ...(read("tiny-qwen2/tokenizer.json") as object), ...split(pattern) }
    assert.strictEqual(Tokenizer.fromJson(json).size, 512)
  })

  it("takes no orders from tokenizer_config.json about texts", () => {
    const config = { remove_space: true, do_lowercase_and_remove_accent: true, clean_up_tokenization_spaces: true }
    const tokenizer = Tokenizer.fromJson(read("tiny-qwen2/tokenizer.json"), config)
    assert.strictEqual(tokenizer.decode(tokenizer.encode(" É  , .")), " É  , .")
  })
})
