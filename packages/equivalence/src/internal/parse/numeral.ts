/**
 * Numerals in every spelling: `1{,}234`, `1 234,5`, `.5`, `0.1\overline{6}`, `0.(3)`, `0.333…`, `1.2e-5`.
 */
import type { Expression } from "../../Expression.ts"
import * as Rational from "../../Rational.ts"
import { integer, multiply, number, power } from "./build.ts"
import type { Reading } from "./tokens.ts"

/** Thousands that only one number can have. */
const GROUPED =
  /\d{1,3}(?:(?:\{(?:,|\\,)\}(?:\\!)?|,\\! ?|\\!,|\\[, ;]|[~ '’\u00a0\u2009\u202f]|,\{\})\d{3})+(?! ?\d)|\d{1,3}(?:\.\d{3})+(?=,\d+(?![\d,]))|\d{1,3}(?:\.\d{3}){2,}(?![\d.])/y
/** Thousands, or the items of a list. */
const LISTED = /[1-9]\d{0,2}(?:,\d{3}|, 0\d\d)+(?!\d)/y
const DIGITS = /\d+/y
/** A decimal point or comma, digits, and what tells that some repeat. */
const FRACTION =
  /(\.|\{,\}|,(?=\d))(\d*(?!\u0305))(\\(?:overline|bar|dot)\s*\{?\s*\d+\s*\}?(?:\d*\\dot\s*\{?\s*\d\s*\}?)?|(?<=\.)\(\d+\)|(?<=\b0\.\d*)\(\d{0,2}[1-9]\)(?!\s*[\d^(])|(?:\d\u0305)+)?(\s?(?:\.\.\.|…|\\[lc]?dots\b))?/y
const EXPONENT = /[eE]([+\-−]?\d{1,9})(?![\p{L}\d.])/uy
/** What may come between the digits of one number. */
const SEPARATING = /[.,{~'’eE\u00a0\u2009\u202f]| \d|\\[^a-z]/y

/** The match of a sticky pattern at a place. */
export const matchAt = (pattern: RegExp, source: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(source)
}

/** Digits that go on for ever where an ellipsis follows `3333` or `142857142857`. */
const PERIOD = /(\d)\1\1$|(\d{2,12}?)\2$/

/** Exponents of ten up to this are worked out at once. */
const MAX_EXPONENT = 2_000

export interface Scanned {
  /** The digits as a token has them. */
  readonly text: string
  readonly end: number
  /** A comma decided how many numbers this is. */
  readonly comma: boolean
}

/** The numeral at `at`, where there is a digit, or a point before a digit. */
export const scanNumeral = (source: string, at: number, reading: Reading["comma"], bracketed: boolean): Scanned => {
  const digits = matchAt(DIGITS, source, at)?.[0] ?? ""
  let end = at + digits.length
  // Nothing that could go on follows most numerals.
  if (digits !== "" && matchAt(SEPARATING, source, end) === null) return { text: digits, end, comma: false }
  const firm = matchAt(GROUPED, source, at)?.[0]
  const listed = matchAt(LISTED, source, at)?.[0]
  const comma = firm === undefined && /^,\d/.test(source.slice(end, end + 2))
  // No item of a list begins with `0`, so `1,000` is one number wherever it stands.
  const together =
    listed !== undefined && (/,0/.test(listed) || reading === "thousands" || (reading === "auto" && !bracketed))
  const whole = firm ?? (together ? listed : digits)
  let text = whole.replaceAll(/\D/g, "")
  end = at + whole.length
  const [tail, point, fraction = "", repeated = "", ellipsis] = matchAt(FRACTION, source, end) ?? []
  const european = firm?.includes(".") ?? (reading === "decimal" && listed === undefined && !bracketed)
  const decimal = point === "." || (text !== "" && (point === "," ? european : !/(?<!\\),/.test(firm ?? "")))
  let repeating = ""
  if (tail !== undefined && decimal && fraction + repeated !== "") {
    const period = ellipsis === undefined ? null : PERIOD.exec(fraction)
    repeating = repeated.replaceAll(/\D/g, "") || (period?.[1] ?? period?.[2] ?? "")
    text += `.${fraction}${repeating && `(${repeating})`}`
    end += tail.length
  }
  const exponent = repeating === "" ? matchAt(EXPONENT, source, end) : null
  if (exponent !== null) {
    text += `e${exponent[1]!.replace("−", "-")}`
    end += exponent[0].length
  }
  return { text, end, comma }
}

/** The value of a numeral as a token has it; digits of a larger base have none of their own. */
export const numeral = (text: string): Expression => {
  const [, whole = "0", point = "", fraction = "", repeating = "", exponent = "0"] =
    /^(\d*)(\.?)(\d*)(?:\((\d+)\))?(?:e(.+))?$/.exec(text) ?? []
  if (point === "" && exponent === "0") return integer(BigInt(whole))
  const nines = repeating === "" ? 1n : 10n ** BigInt(repeating.length) - 1n
  const value = Rational.make(
    BigInt(whole + fraction) * nines + BigInt(repeating),
    nines * 10n ** BigInt(fraction.length),
  )!
  const shift = Number(exponent)
  if (Math.abs(shift) > MAX_EXPONENT) return multiply(number(value), power(integer(10), integer(shift)))
  return {
    type: "number",
    value: Rational.multiply(value, Rational.fromDecimal(`1e${shift}`)),
    ...(point !== "" && repeating === "" ? { places: Math.max(0, fraction.length - shift) } : {}),
  }
}
