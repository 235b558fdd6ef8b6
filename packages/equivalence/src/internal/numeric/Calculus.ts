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
import { bodyOf, estimating, infinite } from "./Series.ts"

/** Bits of values near the place of a limit, and of values and places so near that nothing else matters. */
const VALUES = 640
const PLACES = 1280

/** Names that usually stand for whole numbers. */
const WHOLE_NAMES = new Set(["n", "m", "k", "N", "j"])

/** An odd number of 20 bits, so that nothing special happens at the places where limits look. */
const ODD = 747_533n

const SIDES = [1, -1] as const

/** The value of a `limit` node: from both sides, unless one is given. */
export const limit = (
  x: Expression & { readonly type: "limit" },
  environment: Environment,
  context: Context,
): Ball | undefined => {
  const far = infinite(x.point)
  const point = far === 0 ? evaluate(x.point, environment, { ...context, precision: PLACES }) : B.ZERO
  if (point === undefined) return undefined
  const [near, close] = [VALUES, PLACES].map((bits) => bodyOf(x, environment, estimating(context, bits)))
  const p = VALUES

  /** The body at distance `2^-k` times some number, or at its inverse for infinite limits. */
  const at = (f: typeof near, side: 1 | -1, k: number): Ball | undefined => {
    const m = side === 1 ? ODD : -ODD
    if (far === 0) return f!(B.add(point, B.real(R.dyadic(m, -20 - k)), PLACES))
    // Whole numbers of both parities, so that (-1)^n shows.
    const whole = (m << BigInt(k - 20)) + BigInt((k >> 1) & 1)
    return f!(WHOLE_NAMES.has(x.variable) ? B.fromInteger(whole, 256) : B.real(R.dyadic(3n * m, k - 22)))
  }

  const along = (side: 1 | -1): Ball | undefined => {
    // For smooth functions three places not too near, and Richardson's extrapolation.
    const [a, b, c] = [at(near, side, 64), at(near, side, 65), at(near, side, 66)]
    if (a && b && c) {
      const once = B.subtract(B.scale(b, 1), a, p)
      const again = B.subtract(B.scale(c, 1), b, p)
      const twice = B.divide(B.subtract(B.scale(again, 2), once, p), B.fromInteger(3), p)!
      const error = B.magnitude(B.subtract(twice, again, p))
      if (error < Math.max(B.magnitude(twice) - 70, -100)) return B.widen(twice, error, p)
    }
    // For roots and logarithms places so near that nothing else matters.
    const [d, e] = [at(close, side, 256), at(close, side, 258)]
    const error = d && e && B.magnitude(B.subtract(d, e, p))
    return error !== undefined && error < Math.max(B.magnitude(e!) - 80, -100) ? B.widen(e!, error + 4, p) : undefined
  }

  let value: Ball | undefined
  for (const side of far !== 0
    ? [far]
    : x.side === "above"
      ? [1 as const]
      : x.side === "below"
        ? [-1 as const]
        : SIDES) {
    const found = along(side)
    if (found === undefined || (value && !B.containsZero(B.subtract(found, value, 256)))) return undefined
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
  const f = bodyOf(x, environment, estimating(context, p))
  const centre = B.sharpened(at, p)
  const difference = (k: number): Ball | undefined => {
    let [total, choose] = [B.ZERO, 1]
    for (let j = 0; j <= x.order; j++) {
      const step = B.real(R.dyadic(BigInt(x.order - 2 * j), -k - 1))
      const value = f(B.add(centre, step, 2 * p))
      if (value === undefined) return undefined
      total = B.add(total, B.multiply(B.fromInteger(j % 2 === 0 ? choose : -choose), value, p), p)
      choose = (choose * (x.order - j)) / (j + 1)
    }
    return B.scale(total, k * x.order)
  }
  const [coarse, fine] = [difference(63), difference(64)]
  return coarse && fine && B.widen(fine, B.magnitude(B.subtract(coarse, fine, p)), p)
}
