/**
 * From text to expression: LaTeX, plain text and Unicode mathematics, with the slips of language models.
 *
 * @since 0.1.0
 */
import type { Expression } from "./Expression.ts"
import { lex } from "./internal/parse/lexer.ts"
import { isSymbol, MAX_DEPTH, peek, type State } from "./internal/parse/state.ts"
import { list } from "./internal/parse/statement.ts"
import { type Reading, type Token, Unreadable } from "./internal/parse/tokens.ts"
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

/** Full-width forms are ASCII in disguise, place by place. */
const narrow = (source: string): string =>
  // `<1, 2>` is a vector.
  source
    .replace(/^(\s*\$?)<([^<>]*,[^<>]*)>(\$?\s*)$/, "$1⟨$2⟩$3")
    .replaceAll(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))

/** `p(x) =` and `E(Y) =` at the beginning introduce a function. */
const introduced = (tokens: ReadonlyArray<Token>): ReadonlyArray<string> => {
  const at = isSymbol(tokens[1] ?? tokens[0]!, "(") ? 1 : -1
  if (at === -1 || tokens[0]?.type !== "letter") return []
  let end = at + 1
  while (tokens[end]?.type === "letter" || isSymbol(tokens[end]!, ",", "_") || tokens[end]?.type === "number") end++
  return isSymbol(tokens[end]!, ")") && tokens[end + 1] !== undefined && isSymbol(tokens[end + 1]!, "=")
    ? [tokens[0].text]
    : []
}

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
    const { comma, tokens } = lex(narrow(source), reading)
    const state: State = {
      tokens: [...tokens],
      at: 0,
      depth: 0,
      bars: 0,
      builder: false,
      integrals: 0,
      differential: undefined,
      bound: [],
      functions: new Set(introduced(tokens)),
    }
    const expression = list(state)
    // Closing braces too many at the end are a slip.
    while (isSymbol(peek(state), "}", ".", ",")) state.at++
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
    return { outcome: "unreadable", expected: error.expected, start: error.start, end: error.end }
  }
}
