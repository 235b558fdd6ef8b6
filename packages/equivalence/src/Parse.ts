/**
 * From text to expression: LaTeX, plain text and Unicode mathematics, with the slips of language models.
 *
 * @since 0.1.0
 */
import type { Expression } from "./Expression.ts"
import { lex } from "./internal/parse/lexer.ts"
import { accept, MAX_DEPTH, peek, type State } from "./internal/parse/state.ts"
import { list } from "./internal/parse/statement.ts"
import { type Reading, Unreadable } from "./internal/parse/tokens.ts"
import { isDeeper } from "./internal/tree.ts"

/**
 * What a text says, or where it stops making sense.
 *
 * @since 0.1.0
 * @category models
 */
export type Parsed =
  | {
      readonly outcome: "parsed"
      readonly expression: Expression
      /** A comma between digits could mean something else. */
      readonly ambiguousComma: boolean
    }
  | { readonly outcome: "unreadable"; readonly expected: string; readonly start: number; readonly end: number }

/** The text without what hides its structure; every character keeps its place. */
const tidy = (source: string): string =>
  source
    // Full-width forms are ASCII in disguise.
    .replaceAll(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    // `<1, 2>` is a vector.
    .replace(/^(\s*\$?)<([^<>]*,[^<>]*)>(\$?\s*)$/, "$1⟨$2⟩$3")
    // `((((1))))` says no more than `(1)`.
    .replace(/^(\(*)(\([^()]*\))\)*$/, (_, outer: string, inner: string) => outer.replaceAll("(", " ") + inner)
    // `{=}`, `{\times}`, `{\sin}`: braces around a sign only set its spacing.
    .replaceAll(/\{(?<!(?:\\[A-Za-z]+|[\^_])\s*\{)(\\[A-Za-z]+|\\?[-+*/=<>:±≤≥%])\}/g, " $1 ")

/** `p(x) =` and `E(Y) =` at the beginning introduce a function. */
const INTRODUCED = /^[\s$]*\\?([A-Za-z]+)\s*(?:\\left)?\([\\\w\s,]*\)\s*=/

/**
 * Reads a text. Never throws: what cannot be read is told with the place and what was expected there.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Parse } from "@seed-grpo/equivalence"
 *
 * const parsed = Parse.parse("\\frac12")
 * assert.equal(parsed.outcome === "parsed" && parsed.expression.type, "divide")
 * assert.deepEqual(Parse.parse("1 + "), { outcome: "unreadable", expected: "an expression", start: 4, end: 4 })
 * ```
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (source: string, reading: Reading = { comma: "auto" }): Parsed => {
  try {
    const text = tidy(source)
    const { comma, tokens } = lex(text, reading)
    const state: State = {
      tokens,
      at: 0,
      depth: 0,
      bars: 0,
      builder: false,
      integrals: 0,
      differential: undefined,
      tuple: -1,
      bound: [],
      introduced: INTRODUCED.exec(text)?.[1],
    }
    const expression = list(state)
    // Closing braces too many at the end are a slip.
    while (accept(state, "}.,")) continue
    const rest = peek(state)
    if (rest.type !== "stop") {
      return { outcome: "unreadable", expected: "the end", start: rest.start, end: rest.end }
    }
    // Chains such as `1!!!…` and `1/2/2/…` are read in a loop, and go deep all the same.
    if (tokens.length > MAX_DEPTH && isDeeper(expression, MAX_DEPTH)) {
      return { outcome: "unreadable", expected: `at most ${MAX_DEPTH} levels`, start: 0, end: source.length }
    }
    return { outcome: "parsed", expression, ambiguousComma: comma }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { outcome: "unreadable", expected: error.message, start: error.start, end: error.end }
  }
}
