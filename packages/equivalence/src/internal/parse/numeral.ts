/**
 * Numerals in every spelling: `1{,}234`, `1 234,5`, `.5`, `0.1\overline{6}`, `0.(3)`, `0.333…`, `1.2e-5`.
 */
import type { Numeral, Reading } from "./tokens.ts"

const FIRM_SEPARATOR = String.raw`(?:\{(?:,|\\,)\}(?:\\!)?|,\\! ?|\\!,|\\,|\\ |\\;|~|[\u00a0\u2009\u202f]|,\{\})`
const FIRM_THOUSANDS = new RegExp(`\\d{1,3}(?:${FIRM_SEPARATOR}\\d{3})+(?!\\d)`, "y")
const COMMA_THOUSANDS = /[1-9]\d{0,2}(?:,\d{3}|, 0\d\d)+(?!\d)/y
const SPACE_THOUSANDS = /\d{1,3}(?: \d{3})+(?! ?\d)/y
const POINT_THOUSANDS = /\d{1,3}(?:\.\d{3})+,\d+(?![\d,])/y
const APOSTROPHE_THOUSANDS = /\d{1,3}(?:['’]\d{3})+(?!\d)/y
const FIRM_DECIMAL_COMMA = /\{,\}(\d+)/y
const DECIMAL_COMMA = /,(\d+)/y
const DIGITS = /\d+/y
const EXPONENT = /[eE]([+\-−]?\d{1,9})(?![\p{L}\d.])/uy
const REPEATING = /\\(?:overline|bar)\s*\{\s*(\d+)\s*\}|\\(?:overline|bar)\s*(\d)|\((\d+)\)|((?:\d\u0305)+)/y
const DOTTED = /\\dot\s*\{?\s*(\d)\s*\}?(?:(\d*)\\dot\s*\{?\s*(\d)\s*\}?)?/y
/** What may come between the digits of one number. */
const SEPARATING = /^(?:[.,{~'’eE\u00a0\u2009\u202f]| \d|\\[^a-z])/
const ELLIPSIS = /\s?(?:\.\.\.|…|\\l?dots\b|\\cdots\b)/y

/** The match of a sticky pattern at a place. */
export const matchAt = (pattern: RegExp, source: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(source)
}

/** Digits that go on for ever where an ellipsis follows `3333` or `142857142857`. */
const period = (fraction: string): string | undefined => {
  for (let length = 1; length <= 12; length++) {
    const copies = length === 1 ? 3 : 2
    if (fraction.length < length * copies) return undefined
    const block = fraction.slice(-length)
    if (fraction.endsWith(block.repeat(copies))) return block
  }
  return undefined
}

export interface Scanned {
  readonly numeral: Numeral
  readonly end: number
  /** A comma decided how many numbers this is. */
  readonly comma: boolean
}

const fractionAt = (source: string, at: number): { fraction?: string; repeating?: string; end: number } => {
  const digits = matchAt(DIGITS, source, at)?.[0] ?? ""
  let end = at + digits.length
  // A combining overline belongs to the digit before it.
  const split = source[end] === "\u0305" ? digits.length - 1 : digits.length
  const fraction = digits.slice(0, split)
  end = at + split
  const repeated = matchAt(REPEATING, source, end)
  if (repeated !== null) {
    const repeating = (repeated[1] ?? repeated[2] ?? repeated[3] ?? repeated[4]!).replaceAll("\u0305", "")
    return { fraction, repeating, end: end + repeated[0].length }
  }
  const dotted = matchAt(DOTTED, source, end)
  if (dotted !== null) {
    return {
      fraction,
      repeating: dotted[1]! + (dotted[2] ?? "") + (dotted[3] ?? ""),
      end: end + dotted[0].length,
    }
  }
  const ellipsis = fraction === "" ? null : matchAt(ELLIPSIS, source, end)
  if (ellipsis === null) return { fraction, end }
  const repeating = period(fraction)
  return {
    fraction,
    ...(repeating === undefined ? {} : { repeating }),
    end: end + ellipsis[0].length,
  }
}

/** The numeral at `at`, where there is a digit, or a point before a digit. */
export const scanNumeral = (source: string, at: number, reading: Reading["comma"], bracketed: boolean): Scanned => {
  const digits = matchAt(DIGITS, source, at)?.[0] ?? ""
  // Nothing that could go on follows most numerals.
  if (digits !== "" && !SEPARATING.test(source.slice(at + digits.length, at + digits.length + 2))) {
    return { numeral: { whole: digits, exponent: 0 }, end: at + digits.length, comma: false }
  }
  let comma = false
  let whole: string
  let end = at
  const european = matchAt(POINT_THOUSANDS, source, at)?.[0]
  if (european !== undefined) {
    const [head, fraction] = european.split(",")
    return {
      numeral: { whole: head!.replaceAll(".", ""), fraction: fraction!, exponent: 0 },
      end: at + european.length,
      comma,
    }
  }
  const firm =
    matchAt(FIRM_THOUSANDS, source, at)?.[0] ??
    matchAt(SPACE_THOUSANDS, source, at)?.[0] ??
    matchAt(APOSTROPHE_THOUSANDS, source, at)?.[0]
  const grouped = matchAt(COMMA_THOUSANDS, source, at)?.[0]
  if (firm !== undefined) {
    whole = firm.replaceAll(/\D/g, "")
    end += firm.length
    const decimal = /(?<!\\),/.test(firm) ? null : matchAt(FIRM_DECIMAL_COMMA, source, end)
    if (decimal !== null)
      return { numeral: { whole, fraction: decimal[1]!, exponent: 0 }, end: end + decimal[0].length, comma }
  } else {
    const plain = digits
    comma = source[at + plain.length] === "," && /\d/.test(source[at + plain.length + 1] ?? "")
    // No item of a list begins with `0`, so `1,000` is one number wherever it stands.
    const together =
      grouped !== undefined &&
      (/^[1-9].*,0/.test(grouped) || reading === "thousands" || (reading === "auto" && !bracketed))
    whole = together ? grouped.replaceAll(/, ?/g, "") : plain
    end += together ? grouped.length : plain.length
    const decimal =
      matchAt(FIRM_DECIMAL_COMMA, source, end) ??
      (reading === "decimal" && grouped === undefined && !bracketed ? matchAt(DECIMAL_COMMA, source, end) : null)
    if (decimal !== null && plain !== "") {
      return { numeral: { whole, fraction: decimal[1]!, exponent: 0 }, end: end + decimal[0].length, comma }
    }
  }
  let fraction: string | undefined
  let repeating: string | undefined
  if (source[end] === "." && /\d|\\(?:overline|bar|dot)|\(\d+\)/y.test(source.slice(end + 1, end + 10))) {
    const found = fractionAt(source, end + 1)
    fraction = found.fraction
    repeating = found.repeating
    end = found.end
  }
  const exponent = repeating === undefined ? matchAt(EXPONENT, source, end) : null
  return {
    numeral: {
      whole,
      ...(fraction === undefined ? {} : { fraction }),
      ...(repeating === undefined ? {} : { repeating }),
      exponent: exponent === null ? 0 : Number(exponent[1]!.replace("−", "-")),
    },
    end: end + (exponent?.[0].length ?? 0),
    comma,
  }
}
