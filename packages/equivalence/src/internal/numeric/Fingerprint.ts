/**
 * Short keys for values.
 *
 * @since 0.1.0
 */
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import type { Context } from "./Evaluate.ts"
import { evaluate } from "./Evaluate.ts"
import type { IdentityOptions } from "./Identity.ts"
import { type Family, mentions, pointAt } from "./Points.ts"
import * as R from "./Real.ts"

/** Bits of a value that go into its key, as many as comparisons of numbers look at: 60 decimal digits. */
const KEPT = 200

/** A real part rounded to the place `2^last`. */
const rounded = (a: R.Real, last: number): string => {
  const cut = last - a.e
  if (a.m === 0n || cut > R.bits(a.m) + 1) return "0"
  let m = cut > 0 ? (a.m + (1n << BigInt(cut - 1))) >> BigInt(cut) : a.m << BigInt(-cut)
  let e = last
  if (m === 0n) return "0"
  // Without the zeros at the end a key does not depend on where the rounding was.
  while ((m & 15n) === 0n) [m, e] = [m >> 4n, e + 4]
  while ((m & 1n) === 0n) [m, e] = [m >> 1n, e + 1]
  return `${m.toString(36)}p${e}`
}

const key = (a: Ball, p: number): string | undefined => {
  const size = B.magnitude(a)
  if (B.isExactZero(a) || (B.containsZero(a) && size < -0.8 * p)) return "0"
  if (B.containsZero(a) || B.radiusMagnitude(a) > size - KEPT - 60) return undefined
  // The exact number of bits does not matter, but it must not depend on how the value was found.
  const top = Math.floor(size / 8) * 8
  const re = rounded(a.re, top - KEPT)
  const im = rounded(a.im, top - KEPT)
  return im === "0" ? re : `${re},${im}`
}

const isOdd = (name: string): boolean => [...name].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % 2 === 1

/**
 * Where a function is looked at: |x| and x differ at negative numbers, |x - 30| and 30 - x at far ones, ⌈x⌉ and ⌊x⌋ + 1
 * at whole ones.
 */
const PLACES: ReadonlyArray<readonly [Family, number]> = [
  ["moderate", 0],
  ["moderate", 1],
  ["unit", 0],
  ["negative", 0],
  ["whole", 0],
  ["far", 0],
  ["back", 0],
]

/** How far that is: the same for all expressions. */
const REACH = 300

/**
 * A key for the value of an expression: equal values have equal keys but for one in `2^200` or so. A constant's has
 * its first 60 digits; a function's has its values at points where the value of each variable depends on its name
 * alone, so that variables that cancel leave no trace. Nothing where the value is not known that well.
 *
 * @since 0.1.0
 * @category keys
 */
export const fingerprint = (expression: Expression, options: IdentityOptions): string | undefined => {
  const mentioned = mentions(expression)
  const keyAt = (point: ReadonlyMap<string, Ball>, realOnly: boolean): string | undefined => {
    for (const precision of [320, 640]) {
      const context: Context = {
        precision,
        budget: options.budget,
        rigorous: true,
        generic: true,
        realOnly,
      }
      const value = evaluate(expression, point, context)
      const text = value && context.rigorous === true ? key(value, precision) : undefined
      if (text !== undefined) return text
    }
    return undefined
  }
  if (mentioned.variables.length === 0) return keyAt(new Map(), false)
  const names = { ...mentioned, whole: new Set<string>(), reach: REACH }
  const points = PLACES.map(([family, index]) => pointAt(names, family, "fingerprint", index))
  // Signs that depend on the names alone: |xy| is xy where all are alike.
  points.push(new Map([...points[0]!].map(([name, at]) => [name, isOdd(name) ? B.negate(at) : at])))
  const keys = points.map((point) => keyAt(point, !mentioned.imaginary) ?? "~")
  if (keys.filter((text) => text !== "~").length < 2) return undefined
  return keys.every((text) => text === keys[0]) ? keys[0] : keys.join(";")
}
