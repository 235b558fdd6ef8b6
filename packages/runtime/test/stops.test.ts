/** Where completions end: stop texts that span tokens, characters that span tokens, and what says nothing. */
import { readFileSync } from "node:fs"
import { Generation, StopTexts, Tokenizer } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8"))

/** Length of the completion at the first token after which its whole text has a stop text in it. */
const endByWholeText = (tokenizer: Tokenizer.Tokenizer, texts: ReadonlyArray<string>, ids: ReadonlyArray<number>) => {
  const lengths = ids.map((_, index) => index + 1)
  return lengths.find((length) => {
    const text = tokenizer.decode(ids.slice(0, length).filter(tokenizer.isKnown))
    return texts.some((stop) => text.includes(stop))
  })
}

const endByStopTexts = (tokenizer: Tokenizer.Tokenizer, texts: ReadonlyArray<string>, ids: ReadonlyArray<number>) => {
  const isComplete = StopTexts.endsWithAny(tokenizer, texts)
  return ids.map((_, index) => index + 1).find((length) => isComplete(ids.slice(0, length)))
}

describe.each([
  ["byte-level (Qwen2)", "tiny-qwen2"],
  ["byte-level (Llama 3)", "tiny-llama"],
  ["SentencePiece with byte fallback", "tiny-mistral"],
] as const)("stop texts, %s", (_, model) => {
  const tokenizer = Tokenizer.fromJson(read(`${model}/tokenizer.json`))
  const encode = (text: string) => [...tokenizer.encode(text, { specialTokens: false })]
  const id = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: tokenizer.size + 3 }))

  it.each([
    ["so it is 4.</answer> And", ["</answer>"]],
    ["wait…\n\nthen", ["\n\n"]],
    ["naïve café ☕ done 🙂 and more", ["☕", "🙂"]],
    ["数学の答えは四です。では", ["です。"]],
    ["数学の答えは四です。では", ["学の答えは四"]],
    ["a b c", [" c", " b"]],
  ])("end %j at the first of %j", (text, stops) => {
    const ids = encode(text)
    const end = endByStopTexts(tokenizer, stops, ids)
    assert.isDefined(end)
    assert.strictEqual(end, endByWholeText(tokenizer, stops, ids))
    // However much was said before, in characters of many bytes and in tokens that say nothing.
    const before = [...encode("語☃ ".repeat(40)), ...Array.from({ length: 30 }, () => tokenizer.size)]
    assert.strictEqual(endByStopTexts(tokenizer, stops, [...before, ...ids]), before.length + end)
  })

  it.prop(
    "say what the whole text says, after any tokens",
    {
      ids: Schema.Array(id).check(Schema.isMaxLength(40)),
      texts: Schema.Array(Schema.Array(id).check(Schema.isMinLength(1), Schema.isMaxLength(3))).check(
        Schema.isMinLength(1),
        Schema.isMaxLength(3),
      ),
      cut: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })),
    },
    ({ cut, ids, texts }) => {
      // Stop texts from the end of the completion itself, so that they are found, and others.
      const known = ids.filter(tokenizer.isKnown)
      const stops = [...texts.map((part) => part.filter(tokenizer.isKnown)), known.slice(cut, cut + 3)]
        .map((part) => tokenizer.decode(part))
        .filter((text) => text !== "")
      assert.strictEqual(endByStopTexts(tokenizer, stops, ids), endByWholeText(tokenizer, stops, ids))
    },
    { arbitrary: { runs: 300 } },
  )

  it("an empty one is refused", () => {
    assert.throws(
      () => StopTexts.endsWithAny(tokenizer, ["x", ""]),
      Generation.GenerationError,
      /at least one character/,
    )
  })
})
