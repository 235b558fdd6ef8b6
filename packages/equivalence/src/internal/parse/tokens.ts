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
  /** An operator, bracket or separator. */
  | "symbol"
  /** Words of `\text{…}` and its kin, or of another script. */
  | "text"
  | "begin"
  | "end"
  | "stop"

export interface Numeral {
  /** Digits before the point, without separators. */
  readonly whole: string
  /** Digits after the point; absent without a point. */
  readonly fraction?: string
  /** Digits that repeat for ever after `fraction`. */
  readonly repeating?: string
  /** Power of ten of `1e5`. */
  readonly exponent: number
}

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly numeral?: Numeral
  /** Place in the source. */
  readonly start: number
  readonly end: number
  /** White space, or a spacing command, came before. */
  readonly spaced: boolean
  /** `\left|` opens and `\right|` closes; a bare bar may do either. */
  readonly side?: "open" | "close"
}

/** How a text with more than one meaning is to be read. */
export interface Reading {
  /**
   * `1,234` and `3,5`. `auto` takes groups of three digits outside brackets for one number, and every other comma for a
   * separator.
   */
  readonly comma: "auto" | "thousands" | "separator" | "decimal"
}

/** A text that cannot be read as mathematics. */
export class Unreadable extends Error {
  override readonly name = "Unreadable"
  readonly expected: string
  readonly start: number
  readonly end: number
  constructor(expected: string, start: number, end: number) {
    super(expected)
    this.expected = expected
    this.start = start
    this.end = end
  }
}
