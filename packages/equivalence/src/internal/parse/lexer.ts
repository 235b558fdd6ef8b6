/**
 * From text to tokens: plain text and Unicode mathematics, in one pass.
 */
import { backslash } from "./latex.ts"
import { matchAt, scanNumeral } from "./numeral.ts"
import { CLOSING, isSymbol, type Reading, type Token, type TokenType, Unreadable } from "./tokens.ts"
import { MEANINGS } from "./vocabulary.ts"

export const MAX_SOURCE = 20_000
const MAX_TOKENS = 8_000
const MAX_LEVEL = 8

const DIGIT = /\d/
const LETTER = /[A-Za-z]/
/** A run of letters; `orB` is two. */
const LETTERS = /(?:or|and)(?=[A-Z])|[A-Za-z]+/y
const OTHER_LETTERS = /[\p{L}\p{M}]+/uy
/** A numeral with digits beyond nine, and its base. */
const LETTER_DIGITS =
  /(?<![A-Za-z])(?=[A-Z]*\d)(?=\d*[A-Za-f])(?:[\dA-Z]{2,64}|\d{1,64}[a-f][a-f\d]{0,64})(?=[)}]{0,2}_\{?(?:\\text\{)?(?:1[1-9]|[23]\d)(?!\d))/y
/** A subscript of several letters. */
const SUBSCRIPT = /^(?:[a-z]{3,}|in|[i-n]{2}|[xyt]{2})$/
/** What cannot be seen, or only begins and ends mathematics. */
const BLANK = /[\s~"#`∠△\u200b-\u200f\u2060-\u2064]/
/** A dollar sign that is currency: nothing closes it, or the next one is currency as well. */
const CURRENCY = /\$\s?\d[^$]*(?:$|\s\$\s?\d)/y
/** Operators of more than one character, and any character, whole. */
const SIGN = /<=>|<->|\.{3}|\+\/-|<>|\*\*|[<>=:]=|(?<!\d)!=|=[<>]|->|./suy
/** `f^{\prime}` is `f'`. */
const PRIMES = /\^\s*(?:\{((?:\s*(?:\\prime|['′’]))+)\s*\}|(?=\\prime|['′’]))/y
const SUPERSCRIPTS = /[¹²³⁰-ⁿˣ]+/y
const SUBSCRIPTS = /[₀-ₜᵢⱼ]+/y

export interface Lexer {
  readonly source: string
  readonly reading: Reading
  /** Texts around this one. */
  readonly level: number
  readonly tokens: Array<Token>
  at: number
  /** White space came before. */
  spaced: boolean
  /** What `\left` and `\right` say of the next token. */
  side: Token["side"]
  /** Round and square brackets that are open. */
  brackets: number
  /** `\begin`s without their `\end`. */
  environments: number
  /** Behind a `$` that begins mathematics. */
  formula: boolean
  /** A comma between digits could have meant something else. */
  comma: boolean
}

export const push = (lexer: Lexer, type: TokenType, text: string, end: number): void => {
  const { at: start, side, source, spaced, tokens } = lexer
  if (tokens.length >= MAX_TOKENS) throw new Unreadable(`at most ${MAX_TOKENS} symbols`, start, source.length)
  const token = { type, text, start, end, spaced, side }
  tokens.push(token)
  if (isSymbol(token, "([⦃")) lexer.brackets++
  else if (isSymbol(token, ")]⦄")) lexer.brackets--
  lexer.at = end
  lexer.spaced = false
  lexer.side = undefined
}

export const skip = (lexer: Lexer, end: number): void => {
  lexer.at = end
  lexer.spaced = true
}

/** Mathematics in other clothes: all its tokens stand at one place. */
export const inner = (lexer: Lexer, content: string, end: number): void => {
  const { at } = lexer
  for (const { spaced, text, type } of lex(content, lexer.reading, lexer.level + 1).tokens) {
    lexer.spaced ||= spaced
    if (type !== "stop") push(lexer, type, text, at)
  }
  lexer.at = end
}

/** A run of letters: names of mathematics among them are for the parser to find. */
const word = (lexer: Lexer): void => {
  const { at, source, spaced, tokens } = lexer
  const last = tokens.at(-1)
  const argument = last?.type === "command" && /^(?:frac|binom)$/.test(last.text)
  const run = matchAt(LETTERS, source, at)![0]
  // `\frac ab`, `k_BT`
  const single = (argument && source[at - 1] === " ") || (isSymbol(last, "_") && !SUBSCRIPT.test(run))
  const text = single ? run[0]! : run
  const end = at + text.length
  const behind = source.slice(end, end + 12)
  // `3 x 4`, `3.2 x 10^5`
  const times = text === "x" && last?.type === "number" && (spaced ? /^\s+\d/ : /^\s*10\s?(?:\^|\*\*)/).test(behind)
  if (times) return push(lexer, "symbol", "*", end)
  // `(1,2) U (3,4)`
  if (text === "U" && isSymbol(last, CLOSING) && /^\s*(?:\\left)?\s*\\?[([{]/.test(behind))
    return push(lexer, "symbol", "∪", end)
  if (text === "boxed" || text === "Matrix") return skip(lexer, end)
  push(lexer, text.length === 1 ? "letter" : "word", text, end)
  // `x2` is `x_2`, but for `\frac x2` and `n2^{n-1}`.
  const indexed =
    text === "log" ? /^\d+\(/ : /^[^ei]$/.test(text) && !argument ? /^\d+(?!\d|\^[{(]?\s*-?[A-Za-z])/ : /(?!)/
  if (indexed.test(behind)) push(lexer, "symbol", "_", end)
}

/** An operator, a bracket, or a character beyond ASCII. */
const sign = (lexer: Lexer): void => {
  const { at, source } = lexer
  const written = matchAt(SIGN, source, at)![0]
  const end = at + written.length
  const primes = written === "^" ? matchAt(PRIMES, source, at) : null
  if (primes !== null) return inner(lexer, primes[1] ?? "", at + primes[0].length)
  const meaning = MEANINGS.get(written)
  if (meaning !== undefined) return push(lexer, ...meaning, end)
  if (written < "\u007f") return push(lexer, "symbol", written, end)
  const raised = matchAt(SUPERSCRIPTS, source, at)?.[0]
  const script = raised ?? matchAt(SUBSCRIPTS, source, at)?.[0]
  if (script !== undefined)
    return inner(lexer, `${raised === undefined ? "_" : "^"}{${script.normalize("NFKC")}}`, at + script.length)
  // Letters in the typefaces of mathematics, `𝑥`, and fractions of one character.
  const plain = written.normalize("NFKC").replace(/(.+)⁄(.+)/, String.raw`\frac{$1}{$2}`)
  if (plain !== written) return inner(lexer, plain, end)
  const letters = matchAt(OTHER_LETTERS, source, at)?.[0] ?? written
  push(lexer, "text", letters, at + letters.length)
}

/** Tokens of a text. Throws `Unreadable` when it is too long. */
export const lex = (source: string, reading: Reading, level = 0): Lexer => {
  if (source.length > MAX_SOURCE) throw new Unreadable(`at most ${MAX_SOURCE} characters`, 0, source.length)
  if (level > MAX_LEVEL) throw new Unreadable(`at most ${MAX_LEVEL} texts within texts`, 0, source.length)
  const lexer: Lexer = {
    source,
    reading,
    level,
    tokens: [],
    at: 0,
    spaced: false,
    side: undefined,
    brackets: 0,
    environments: 0,
    formula: false,
    comma: false,
  }
  const indexed = source.includes("_")
  while (lexer.at < source.length) {
    const { at } = lexer
    const character = source[at]!
    if (character === "\\") backslash(lexer)
    else if (BLANK.test(character)) skip(lexer, at + 1)
    else if (character === "$") {
      if (!lexer.formula && matchAt(CURRENCY, source, at) !== null) push(lexer, "symbol", "$", at + 1)
      else {
        lexer.formula = !lexer.formula
        skip(lexer, at + 1)
      }
    } else {
      const digits = indexed ? matchAt(LETTER_DIGITS, source, at)?.[0] : undefined
      if (digits !== undefined) push(lexer, "number", digits, at + digits.length)
      else if (LETTER.test(character)) word(lexer)
      else if (DIGIT.test(character) || (character === "." && DIGIT.test(source[at + 1] ?? ""))) {
        const { comma, end, text } = scanNumeral(source, at, reading.comma, lexer.brackets > 0 && !source.includes(";"))
        lexer.comma ||= comma
        push(lexer, "number", text, end)
      } else sign(lexer)
    }
  }
  push(lexer, "stop", "", lexer.at)
  return lexer
}
