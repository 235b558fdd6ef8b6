/**
 * Completions that end with a text, whatever tokens it is made of.
 *
 * @since 0.1.0
 */
import { GenerationError } from "./Generation.ts"
import type { Tokenizer } from "./Tokenizer.ts"

/**
 * Whether one of these texts is in the text of the tokens so far, for `isComplete` of a generation: asked after every
 * token, it says so at the token that completes the first of them. The text stays in the completion, and so does what that
 * token says after it. Special tokens say nothing here, and neither do ids that the tokenizer does not know.
 *
 * Only the last tokens are decoded: as many as the longest text has bytes and one more, counted from a token that begins
 * with a character, so that no decoder takes what it sees for the start of a text or the middle of a character.
 *
 * @throws GenerationError for an empty text, which every completion has in it
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { StopTexts, type Tokenizer } from "@seed-grpo/runtime"
 *
 * const words = ["The answer", " is ", "4.", "\n", "\n"]
 * const tokenizer: Pick<Tokenizer.Tokenizer, "decode" | "isByte" | "isKnown"> = {
 *   decode: (tokens) => Array.from(tokens, (token) => words[token]).join(""),
 *   isByte: () => false,
 *   isKnown: (token) => token in words
 * }
 * const isComplete = StopTexts.endsWithAny(tokenizer, ["\n\n"])
 * assert.equal(isComplete([0, 1, 2, 3]), false)
 * assert.equal(isComplete([0, 1, 2, 3, 4]), true)
 * ```
 *
 * @since 0.1.0
 * @category predicates
 */
export const endsWithAny = (
  tokenizer: Pick<Tokenizer, "decode" | "isByte" | "isKnown">,
  texts: ReadonlyArray<string>,
): ((tokens: ReadonlyArray<number>) => boolean) => {
  if (texts.includes("")) {
    throw new GenerationError({
      reason: "bad-request",
      at: "stop texts",
      expected: "texts of at least one character",
      found: "an empty one",
      fix: "Leave it out: without stop texts, completions end with their end token.",
    })
  }
  const enough = texts.reduce((most, text) => Math.max(most, new TextEncoder().encode(text).length), 0) + 1
  const whole = new Map<number, boolean>()
  /** Whether a token is characters, whatever comes before and after it. */
  const isWhole = (token: number): boolean => {
    const known = whole.get(token)
    if (known !== undefined) return known
    const text = tokenizer.isKnown(token) && !tokenizer.isByte(token) ? tokenizer.decode([token]) : ""
    const answer = text !== "" && !text.includes("\uFFFD")
    whole.set(token, answer)
    return answer
  }
  return (tokens) => {
    let from = tokens.length
    for (let found = 0; from > 0 && found < enough;) if (isWhole(tokens[--from]!)) found += 1
    const tail = tokenizer.decode(tokens.slice(from).filter(tokenizer.isKnown))
    return texts.some((text) => tail.includes(text))
  }
}
