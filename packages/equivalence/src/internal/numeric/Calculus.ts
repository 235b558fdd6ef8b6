/**
 * Limits and derivatives by numbers. Their radii are estimates: what two steps of the method differ by.
 *
 * @since 0.1.0
 */
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { type Context, type Environment, evaluate } from "./Evaluate.ts"
import * as R from "./Real.ts"
import { agreed, bodyOf, estimating, infinite } from "./Series.ts"

/** Bits of the values and places of a limit. */
const PRECISION = 1280

/** Names that usually stand for whole numbers. */
const WHOLE_NAMES = new Set(["n", "m", "k", "N", "j"])

/** An odd number of 20 bits, so that nothing special happens at the places where limits look. */
const ODD = 747_533n

/** The value of a `limit` node: from both sides, unless one is given. */
export const limit = (
  x: Expression & { readonly type: "limit" },
  environment: Environment,
  context: Context,
): Ball | undefined => {
  const far = infinite(x.point)
  const settings = estimating(context, PRECISION)
  const point = far === 0 ? evaluate(x.point, environment, settings) : B.ZERO
  if (point === undefined) return undefined
  const f = bodyOf(x, environment, settings)

  /** The body at distance `2^-k` times some number, or at its inverse for infinite limits. */
  const at = (m: bigint, k: number): Ball | undefined => {
    if (far === 0) return f(B.add(point, B.real(R.dyadic(m, -20 - k)), PRECISION))
    // Whole numbers of both parities, so that (-1)^n shows.
    const whole = (m << BigInt(k - 20)) + BigInt((k >> 1) & 1)
    return f(WHOLE_NAMES.has(x.variable) ? B.fromInteger(whole, PRECISION) : B.real(R.dyadic(3n * m, k - 22)))
  }

  const sides = far !== 0 ? [far] : x.side === "above" ? [1] : x.side === "below" ? [-1] : [1, -1]
  let value: Ball | undefined
  for (const side of sides) {
    const m = side === 1 ? ODD : -ODD
    // The first distance leaves bits for leading terms that cancel; the other is near enough for roots and logarithms.
    const found = [128, 256].reduce<Ball | undefined>(
      (known, k) => known ?? agreed(at(m, k), at(m, k + 2), 80, PRECISION),
      undefined,
    )
    if (found === undefined || (value && !B.containsZero(B.subtract(found, value, PRECISION)))) return undefined
    value = found
  }
  return value
}

/** The value of a `derivative` node where its variable stands: central differences at two small steps. */
export const derivative = (
  x: Expression & { readonly type: "derivative" },
  environment: Environment,
  context: Context,
): Ball | undefined => {
  const at = environment.get(x.variable)
  if (at === undefined || x.order > 8 || x.order < 1) return undefined
  const p = 224 + 64 * x.order
  const difference = (k: number): Ball | undefined => {
    let f = bodyOf(x, environment, estimating(context, p))
    const step = B.real(R.dyadic(1n, -k))
    for (let order = 0; order < x.order; order++) {
      const before = f
      f = (centre) => {
        const up = before(B.add(centre, step, 2 * p))
        const down = up && before(B.subtract(centre, step, 2 * p))
        return down && B.scale(B.subtract(up, down, p), k - 1)
      }
    }
    return f(B.sharpened(at, p))
  }
  const [coarse, fine] = [difference(64), difference(65)]
  return coarse && fine && B.widen(fine, B.magnitude(B.subtract(coarse, fine, p)), p)
}
