/**
 * Completions that end with a text, whatever tokens it is made of.
 *
 * @since 0.1.0
 */
import type { Tokenizer } from "./Tokenizer.ts"

/**
 * Whether the tokens so far end with one of these texts, for `isComplete` of a generation. The text stays in the
 * completion. Only the last tokens are decoded: as many as the longest text has bytes, and a few that the first
 * character may begin in.
 *
 * @since 0.1.0
 * @category predicates
 */
export const endsWithAny = (
  tokenizer: Tokenizer,
  texts: ReadonlyArray<string>,
): ((tokens: ReadonlyArray<number>) => boolean) => {
  const window = Math.max(...texts.map((text) => new TextEncoder().encode(text).length)) + 8
  return (tokens) => {
    const tail = tokenizer.decode(tokens.slice(-window))
    return texts.some((text) => tail.includes(text))
  }
}
