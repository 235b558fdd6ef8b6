/**
 * Numbers in every spelling that answers use, read exactly.
 *
 * @since 0.1.0
 */
import * as Rational from "./Rational.ts"

const MAX_DIGITS = 1000

const integer = (digits: string): bigint => BigInt(digits.replaceAll(",", ""))

const power = (exponent: number): Rational.Rational =>
  exponent >= 0 ? Rational.make(10n ** BigInt(exponent))! : Rational.make(1n, 10n ** BigInt(-exponent))!

const decimal = (whole: string, fraction: string): Rational.Rational =>
  Rational.make(integer((whole === "" ? "0" : whole) + fraction), 10n ** BigInt(fraction.length))!

const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+)`
const UNSIGNED: ReadonlyArray<readonly [RegExp, (groups: ReadonlyArray<string>) => Rational.Rational | undefined]> = [
  [new RegExp(`^(${NUMBER})$`), ([n]) => Rational.make(integer(n!))],
  [new RegExp(String.raw`^(${NUMBER})?\.(\d+)$`), ([whole, part]) => decimal(whole ?? "", part!)],
  [new RegExp(String.raw`^(${NUMBER})\.$`), ([n]) => Rational.make(integer(n!))],
  [new RegExp(String.raw`^(${NUMBER}) ?/ ?(${NUMBER})$`), ([n, d]) => Rational.make(integer(n!), integer(d!))],
  [
    new RegExp(String.raw`^\\frac ?\{ ?(-?${NUMBER}) ?\} ?\{ ?(-?${NUMBER}) ?\}$`),
    ([n, d]) => Rational.make(integer(n!), integer(d!)),
  ],
  [new RegExp(String.raw`^(\d+) ?\\frac ?\{ ?(\d+) ?\} ?\{ ?(\d+) ?\}$`), ([whole, n, d]) => mixed(whole!, n!, d!)],
  [/^(\d+) (\d+) ?\/ ?(\d+)$/, ([whole, n, d]) => mixed(whole!, n!, d!)],
  [
    /^(\d+)(?:\.(\d+))? ?(?:e|\* ?10 ?\^) ?\{? ?([+-]?\d{1,3}) ?\}?$/i,
    ([whole, part, exponent]) => Rational.multiply(decimal(whole!, part ?? ""), power(Number(exponent))),
  ],
]

const mixed = (whole: string, numerator: string, denominator: string): Rational.Rational | undefined => {
  const part = Rational.make(integer(numerator), integer(denominator))
  return part === undefined ? undefined : Rational.add(Rational.make(integer(whole))!, part)
}

const unsigned = (text: string): Rational.Rational | undefined => {
  for (const [pattern, value] of UNSIGNED) {
    const match = pattern.exec(text)
    if (match !== null) return value(match.slice(1))
  }
  return undefined
}

/**
 * The exact value of a normalised answer that is a number: whole, decimal, with thousands separators, fraction, mixed
 * number, scientific, percent (`75%` is `3/4`), with a currency sign before it.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Rational, ReadNumber } from "@seed-grpo/equivalence"
 *
 * for (const spelling of ["3/4", "0.75", "\\frac{3}{4}", "6/8", "75%"]) {
 *   assert.equal(Rational.format(ReadNumber.readNumber(spelling)!), "3/4")
 * }
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const readNumber = (normalized: string): Rational.Rational | undefined => {
  if (normalized.length > MAX_DIGITS) return undefined
  const sign = /^[+-]\s?/.exec(normalized)
  const positive = normalized.slice(sign?.[0].length ?? 0).replace(/^\$/, "")
  const percent = /\s?%$/.exec(positive)
  const value = unsigned(percent === null ? positive : positive.slice(0, percent.index))
  if (value === undefined) return undefined
  const scaled = percent === null ? value : Rational.multiply(value, Rational.make(1n, 100n)!)
  return normalized.startsWith("-") ? Rational.negate(scaled) : scaled
}
