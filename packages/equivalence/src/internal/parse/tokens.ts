/**
 * What the lexer hands to the parser.
 */

export type TokenType =
  | "number"
  /** One variable or named constant: `x`, `alpha`, `pi`, `infinity`. */
  | "letter"
  /** Two or more Latin letters that are no command. */
  | "word"
  /** A function, by its canonical name. */
  | "function"
  /** A LaTeX command with a form of its own: `frac`, `sqrt`, `sum`. */
  | "command"
  /** An operator, bracket or separator, always one character: `⦃` is `\{`, and `⏎` is `\\`. */
  | "symbol"
  /** TeX's operators between all that stands before and behind them: `\over`. */
  | "infix"
  /** Words of `\text{…}` and its kin, or of another script. */
  | "text"
  | "begin"
  | "end"
  | "stop"

export interface Token {
  readonly type: TokenType
  /** Of a number, its digits without separators: `1234.5(6)e-7`, with the digits that repeat in brackets. */
  readonly text: string
  /** Place in the source. */
  readonly start: number
  readonly end: number
  /** White space, or a spacing command, came before. */
  readonly spaced: boolean
  /** `\left|` opens and `\right|` closes; a bare bar may do either. */
  readonly side: "open" | "close" | undefined
}

export const OPENING = "([{⦃"
export const CLOSING = ")]}⦄"

/** Is it one of these operators, brackets and separators? */
export const isSymbol = (token: Token | undefined, symbols: string): boolean =>
  token?.type === "symbol" && symbols.includes(token.text)

/** How a text with more than one meaning is to be read. */
export interface Reading {
  /**
   * `1,234` and `3,5`. `auto` takes groups of three digits outside brackets for one number, and every other comma for a
   * separator.
   */
  readonly comma: "auto" | "thousands" | "separator" | "decimal"
}

/** A text that cannot be read as mathematics; the message says what was expected. */
export class Unreadable extends Error {
  readonly start: number
  readonly end: number
  constructor(expected: string, start: number, end: number) {
    super(expected)
    this.start = start
    this.end = end
  }
}
