/**
 * Are two expressions the same number, or the same function? Decided by their values.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import type { Context } from "./Evaluate.ts"
import { evaluate } from "./Evaluate.ts"
import type { Family, Mentions } from "./Points.ts"
import { mentions, pointAt } from "./Points.ts"
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

/** What two balls tell: one number, two numbers, or not enough is known. */
type Verdict = "same" | "differ" | "unclear"

/** Chances that an agreement is one by accident; see `IdentityResult`. */
const CONSTANT_ERROR = 6.223e-61
const ESTIMATE_ERROR = 8.882e-16
const REAL_POINT_ERROR = 0.000_244_140_625
const WHOLE_POINT_ERROR = 0.125

/** Points that must agree. */
const ENOUGH = 5

const contextOf = (precision: number, options: IdentityOptions, realOnly: boolean): Context => ({
  precision,
  budget: options.budget,
  rigorous: true,
  generic: true,
  realOnly,
})

/**
 * Compares two balls. They are the same where the difference may be 0 and is below `2^-accuracy` beside the greater of
 * them, or by itself where both may be 0 (`zero` says whether that is enough).
 */
const compareBalls = (a: Ball, b: Ball, p: number, accuracy: number, zero: boolean, rigorous: boolean): Verdict => {
  const difference = B.subtract(a, b, p)
  if (B.isExactZero(difference)) return "same"
  const size = Math.max(B.magnitude(a), B.magnitude(b))
  const radius = B.radiusMagnitude(difference)
  if (!B.containsZero(difference)) {
    if (rigorous) return "differ"
    const gap = B.magnitude(difference)
    return gap > radius + 16 && gap > size - 50 ? "differ" : "unclear"
  }
  if (radius < size - accuracy) return "same"
  return zero && radius < -accuracy && B.containsZero(a) && B.containsZero(b) ? "same" : "unclear"
}

const result = (
  outcome: IdentityResult["outcome"],
  points: number,
  errorProbability: number,
  reason?: string,
): IdentityResult => ({ outcome, points, errorProbability, ...(reason === undefined ? {} : { reason }) })

const unknown = (reason: string): IdentityResult => result("unknown", 0, 1, reason)

const NOWHERE: ReadonlyMap<string, Ball> = new Map()

/** Two constants, with more and more bits until the difference shows or is beyond belief. */
const compareConstants = (a: Expression, b: Expression, options: IdentityOptions): IdentityResult => {
  let defined = false
  for (const p of [64, 256, 512, 1408]) {
    const context = contextOf(p, options, false)
    const x = evaluate(a, NOWHERE, context)
    const y = x && evaluate(b, NOWHERE, context)
    if (x === undefined || y === undefined) continue
    defined = true
    const rigorous = context.rigorous === true
    const accuracy = !rigorous ? 60 : p < 256 ? Infinity : 0.8 * p
    const verdict = compareBalls(x, y, p, accuracy, !rigorous || p >= 512, rigorous)
    if (verdict === "differ") return result("different", 0, rigorous ? 0 : ESTIMATE_ERROR, "the values differ")
    if (verdict === "same" && rigorous && x.exact && y.exact) return result("equal", 0, 0)
    // Great numbers must agree behind the point too: e^1000 is not e^1000 + 1.
    const settled = p >= 256 && B.radiusMagnitude(x) < -16 && B.radiusMagnitude(y) < -16
    if (verdict === "same" && (!rigorous || settled))
      return result("equal", 0, rigorous ? CONSTANT_ERROR : ESTIMATE_ERROR)
    if (!rigorous) break
  }
  return unknown(defined ? "the values are too close to tell" : "a side has no value")
}

/** Families in the order in which they are tried; the later ones only where the first told too little. */
const FIRST: ReadonlyArray<Family> = ["moderate", "negative", "large", "mixed", "unit", "mixed"]
const LATER: ReadonlyArray<Family> = ["mixed", "unit", "large", "unit", "moderate", "unit", "large", "unit"]
const WHOLE: ReadonlyArray<Family> = ["whole", "whole", "whole", "whole", "whole", "whole", "whole", "whole"]

/** Precisions at a point, each tried where the one before told too little. */
const PRECISIONS = [96, 192, 384]

/** Those of one closer look at a point, for differences too small for the others. */
const CONFIRMATION = [288, 576]

/** Two values at a point; nothing where a side has none. */
type Sampler = (point: ReadonlyMap<string, Ball>, context: Context) => readonly [Ball, Ball] | undefined

/** The values of two expressions. */
const both =
  (a: Expression, b: Expression): Sampler =>
  (point, context) => {
    const x = evaluate(a, point, context)
    const y = x && evaluate(b, point, context)
    return y && [x, y]
  }

/** What is the same as what at one point, with more bits where needed. Nothing where a side has no value. */
const compareAt = (
  sample: Sampler,
  point: ReadonlyMap<string, Ball>,
  options: IdentityOptions,
  realOnly: boolean,
  precisions: ReadonlyArray<number>,
  accuracy: number,
): { readonly verdict: Verdict; readonly rigorous: boolean } | undefined => {
  let rigorous = true
  for (const p of precisions) {
    options.budget.spend(10)
    const context = contextOf(p, options, realOnly)
    const pair = sample(point, context)
    if (pair === undefined) return undefined
    rigorous = context.rigorous === true
    const verdict = compareBalls(pair[0], pair[1], p, accuracy, true, rigorous)
    if (verdict !== "unclear") return { verdict, rigorous }
    if (!rigorous) break
  }
  return { verdict: "unclear", rigorous }
}

/** Tests `sample` at points of all families until enough of them agree or one does not. */
const testAtPoints = (mentioned: Mentions, sample: Sampler, options: IdentityOptions): IdentityResult => {
  const real = !mentioned.imaginary
  let points = 0
  let errorProbability = 1
  let unclear = 0
  let confirmed = false
  let index = 0
  /** A final result, or nothing when points are still missing. */
  const run = (families: ReadonlyArray<Family>, realOnly: boolean, most: number): IdentityResult | undefined => {
    for (const family of families) {
      if (points >= most) break
      const point = pointAt(mentioned, family, options.seed, index++)
      let told = compareAt(sample, point, options, realOnly, PRECISIONS, 60)
      if (told?.verdict === "same" && told.rigorous && !confirmed) {
        confirmed = true
        told = compareAt(sample, point, options, realOnly, CONFIRMATION, 200)
      }
      if (told === undefined) continue
      const { rigorous, verdict } = told
      if (verdict === "differ") {
        return result("different", points + 1, rigorous ? 0 : ESTIMATE_ERROR, `the values differ at ${describe(point)}`)
      }
      if (verdict === "unclear") {
        unclear++
        continue
      }
      points++
      const drawn = [...point.values()].some((value) => value.exact === undefined)
      errorProbability *= drawn ? REAL_POINT_ERROR : WHOLE_POINT_ERROR
    }
    return points >= ENOUGH ? result("equal", points, errorProbability) : undefined
  }
  return (
    // A jump shows only where it is.
    run(mentioned.steps ? ["whole", "whole", ...FIRST] : FIRST, real, Infinity) ??
    run(LATER, real, ENOUGH) ??
    run(WHOLE, real, ENOUGH) ??
    (points === 0 && real ? run(FIRST, false, Infinity) : undefined) ??
    result(
      "unknown",
      points,
      1,
      unclear > 0 ? "the values are too close to tell" : "too few points where both sides have a value",
    )
  )
}

const describe = (point: ReadonlyMap<string, Ball>): string =>
  [...point]
    .map(([name, { exact, re }]) => `${name} = ${exact ? exact.numerator : (Number(re.m) * 2 ** re.e).toFixed(6)}`)
    .join(", ")

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
    ? compareConstants(a, b, options)
    : testAtPoints(mentioned, both(a, b), options)
}

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
  const ratioAt = (point: ReadonlyMap<string, Ball>, context: Context): Ball | undefined => {
    const pair = values(point, context)
    return pair && B.divide(...pair, context.precision)
  }
  // The ratio at the first point that has one, by precision.
  let first: ReadonlyMap<string, Ball> | undefined
  const known = new Map<number, Ball | undefined>()
  const sample: Sampler = (point, context) => {
    const { precision } = context
    const here = ratioAt(point, context)
    if (here === undefined) return undefined
    first ??= point
    if (!known.has(precision)) known.set(precision, first === point ? here : ratioAt(first, context))
    const there = known.get(precision)
    return there && [here, there]
  }
  const tested =
    mentioned.variables.length > 0
      ? testAtPoints(mentioned, sample, options)
      : sample(NOWHERE, contextOf(256, options, false))
        ? result("equal", 0, CONSTANT_ERROR)
        : unknown("a side has no value")
  if (tested.outcome !== "equal") return tested
  const ratio = [...known.values()].findLast((ball) => ball !== undefined)!
  const sign = B.isReal(ratio) ? R.sign(ratio.re) : 0
  return sign === 0 ? { ...tested, outcome: "different", reason: "the ratio is 0 or not real" } : { ...tested, sign }
}

/**
 * Is `a - b` a constant, or one on each side of a pole, as for antiderivatives? Then their slopes are the same.
 *
 * @since 0.1.0
 * @category decisions
 */
export const differenceIsConstant = (a: Expression, b: Expression, options: IdentityOptions): IdentityResult => {
  let tested = unknown("there is no variable")
  for (const variable of mentions(a, b).variables) {
    const slope = (body: Expression): Expression => ({ type: "derivative", variable, order: 1, body })
    tested = identity(slope(a), slope(b), options)
    if (tested.outcome !== "equal") return tested
  }
  return tested
}
