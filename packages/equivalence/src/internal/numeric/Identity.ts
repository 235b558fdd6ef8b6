/**
 * Are two expressions the same number, or the same function? Decided by their values.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"
import { AT_POINTS, CLOSER, CONSTANTS, type Sampler, settings, toldAt } from "./Agreement.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { type Environment, evaluate } from "./Evaluate.ts"
import { type Family, mentions, type Mentions, pointAt } from "./Points.ts"
import * as R from "./Real.ts"

/**
 * `seed` says which points are taken; give the same for both orders of the two expressions.
 *
 * @since 0.1.0
 * @category models
 */
export interface IdentityOptions {
  readonly seed: string
  readonly budget: Budget
}

/**
 * The outcome of a test.
 *
 * `points` counts the points that told something; a comparison of constants has none. `errorProbability` of "different"
 * is 0, but for estimates (endless sums, integrals, limits, derivatives). Of "equal" it is not a proven bound: for
 * constants it is the share of bits that would agree by chance, `2^-200`. For functions it is the bound of Schwartz and
 * Zippel, `(d/S)^points`, for points drawn from `S = 2^20` values and rational functions of degree `d ≤ 2^8`, as if the
 * points were random; a point of integers counts as `2^-3`.
 *
 * @since 0.1.0
 * @category models
 */
export interface IdentityResult {
  readonly outcome: "equal" | "different" | "unknown"
  readonly points: number
  readonly errorProbability: number
  readonly reason?: string
}

/** Chances that an agreement is one by accident; see `IdentityResult`. */
const CONSTANT_ERROR = 6.223e-61
const ESTIMATE_ERROR = 8.882e-16
const REAL_POINT_ERROR = 0.000_244_140_625
const WHOLE_POINT_ERROR = 0.125

/** Points that must agree. */
const ENOUGH = 5

const unknown = (reason: string, points = 0): IdentityResult => ({
  outcome: "unknown",
  points,
  errorProbability: 1,
  reason,
})

const NOWHERE: Environment = new Map()

/** Families in the order in which they are tried; the later ones only where the first told too little. */
const FIRST: ReadonlyArray<Family> = ["moderate", "negative", "large", "mixed", "unit", "mixed"]
const LATER: ReadonlyArray<Family> = [
  ...(["mixed", "unit", "large", "unit", "moderate", "unit", "large", "unit"] as const),
  ...Array.from({ length: 8 }, () => "whole" as const),
]

/** The values of two expressions. */
const both =
  (a: Expression, b: Expression): Sampler =>
  (point, context) => {
    const x = evaluate(a, point, context)
    const y = x && evaluate(b, point, context)
    return y && [x, y]
  }

const testConstants = (sample: Sampler, options: IdentityOptions): IdentityResult => {
  const told = toldAt(sample, NOWHERE, settings(options.budget, false), CONSTANTS)
  if (told === undefined) return unknown("a side has no value")
  const { rigorous, verdict } = told
  const points = 0
  if (verdict === "unclear") return unknown("the values are too close to tell")
  if (verdict === "same")
    return { outcome: "equal", points, errorProbability: rigorous ? CONSTANT_ERROR : ESTIMATE_ERROR }
  return { outcome: "different", points, errorProbability: rigorous ? 0 : ESTIMATE_ERROR, reason: "the values differ" }
}

/** Tests `sample` at points of all families until enough of them agree or one does not. */
const testAtPoints = (mentioned: Mentions, sample: Sampler, options: IdentityOptions, taken = 0): IdentityResult => {
  let [points, errorProbability, unclear, confirmed] = [0, 1, false, false]
  // A jump shows only where it is, and a turn only on both sides of it.
  const first: ReadonlyArray<Family> = [
    ...(mentioned.steps ? (["whole", "whole"] as const) : []),
    ...(mentioned.reach > 0 ? (["far", "back"] as const) : []),
    ...FIRST,
  ]
  const context = settings(options.budget, !mentioned.imaginary)
  const families = taken === 0 ? [...first, ...LATER] : first
  for (const [index, family] of families.entries()) {
    if (index >= first.length && points >= ENOUGH) break
    const point = pointAt(mentioned, family, options.seed, taken + index)
    let told = toldAt(sample, point, context, AT_POINTS)
    if (told?.verdict === "same" && told.rigorous && !confirmed) {
      confirmed = true
      told = toldAt(sample, point, context, CLOSER)
    }
    if (told?.verdict === "differ") {
      const reason = `the values differ at ${describe(point)}`
      return { outcome: "different", points: points + 1, errorProbability: told.rigorous ? 0 : ESTIMATE_ERROR, reason }
    }
    if (told?.verdict === "same") {
      points++
      const isDrawn = [...point.values()].some((value) => value.exact === undefined)
      errorProbability *= isDrawn ? REAL_POINT_ERROR : WHOLE_POINT_ERROR
    } else unclear ||= told !== undefined
  }
  if (points >= ENOUGH) return { outcome: "equal", points, errorProbability }
  // No real value anywhere: complex ones, at other points.
  if (points === 0 && !mentioned.imaginary)
    return testAtPoints({ ...mentioned, imaginary: true }, sample, options, families.length)
  return unknown(unclear ? "the values are too close to tell" : "a side has no value", points)
}

const describe = (point: Environment): string =>
  [...point].map(([name, { re }]) => `${name} = ${Number((Number(re.m) * 2 ** re.e).toFixed(6))}`).join(", ")

/**
 * Tests whether two scalar expressions are equal: as numbers, or as functions of their free variables.
 *
 * Numbers are told apart by proof and found equal by 200 bits or more that agree. Functions are compared at points that
 * depend on the seed. A point where a side has no real value does not count (unless `i` occurs), so that `ln x²` is
 * `2 ln x` and `√(1/n)` is `1/√n`, but `√x²` is not `x`. Five points must agree; one that does not is enough for
 * "different".
 *
 * @since 0.1.0
 * @category decisions
 */
export const identity = (a: Expression, b: Expression, options: IdentityOptions): IdentityResult => {
  const mentioned = mentions(a, b)
  return mentioned.variables.length === 0
    ? testConstants(both(a, b), options)
    : testAtPoints(mentioned, both(a, b), options)
}

/** Bits of the ratio that others are compared with. */
const RATIO = 576

/**
 * Is `a/b` one constant, other than 0, wherever both have a value? `sign` is that of the constant, which must be real.
 *
 * @since 0.1.0
 * @category decisions
 */
export const constantRatio = (
  a: Expression,
  b: Expression,
  options: IdentityOptions,
): IdentityResult & { readonly sign?: 1 | -1 } => {
  const mentioned = mentions(a, b)
  const values = both(a, b)
  let first: Ball | undefined
  const sample: Sampler = (point, context) => {
    const pair = values(point, context)
    const here = pair && B.divide(...pair, context.precision)
    if (here === undefined) return undefined
    const exactly = first === undefined ? values(point, { ...context, precision: RATIO }) : undefined
    first ??= exactly && B.divide(...exactly, RATIO)
    return first && [here, first]
  }
  const tested =
    mentioned.variables.length > 0 ? testAtPoints(mentioned, sample, options) : testConstants(sample, options)
  if (tested.outcome !== "equal") return tested
  const sign = B.isReal(first!) ? R.sign(first!.re) : 0
  return sign === 0 ? { ...tested, outcome: "different", reason: "the values differ" } : { ...tested, sign }
}

/**
 * Is `a - b` a constant, or one on each side of a pole, as for antiderivatives? Then their slopes are the same.
 *
 * @since 0.1.0
 * @category decisions
 */
export const differenceIsConstant = (a: Expression, b: Expression, options: IdentityOptions): IdentityResult => {
  let tested = unknown("a side has no value")
  for (const variable of mentions(a, b).variables) {
    const slope = (body: Expression): Expression => ({ type: "derivative", variable, order: 1, body })
    tested = identity(slope(a), slope(b), options)
    if (tested.outcome !== "equal") return tested
  }
  return tested
}
