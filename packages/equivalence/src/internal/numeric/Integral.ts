/**
 * Definite integrals by numbers. Their radii are estimates: what two steps of the method differ by.
 *
 * @since 0.1.0
 */
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { exp as expReal, memo, piReal } from "./Elementary.ts"
import { type Context, type Environment, evaluate } from "./Evaluate.ts"
import * as R from "./Real.ts"
import { bodyOf, estimating, infinite } from "./Series.ts"

/** Bits of the values that an integral sums, and of the places where it takes them. */
const VALUES = 192
const PLACES = 512

/** Nodes from this one on weigh nothing. */
const FARTHEST = 589

/** How far from the end of an interval of length 2 a function is taken for `t`, and how much it counts there. */
interface Node {
  readonly place: Ball
  readonly weight: Ball
}

/** The node at `t = j/128 ≥ 0`: `1 - tanh u` for `u = π/2·sinh t`. */
const nodeAt = memo((j): Node => {
  const p = VALUES + 32
  const up = expReal(R.dyadic(BigInt(j), -7), p)!
  const down = R.divide(R.ONE, up, p)!
  const quarter = R.scale(piReal(p), -2)
  const u = R.multiply(quarter, R.subtract(up, down, p), p)
  const slope = R.multiply(quarter, R.add(up, down, p), p)
  const two = R.scale(R.ONE, 1)
  const place = R.divide(two, R.add(R.ONE, expReal(R.scale(u, 1), p)!, p), p)!
  const weight = R.multiply(slope, R.multiply(place, R.subtract(two, place, p), p), p)
  return { place: B.real(R.middle(place)), weight: B.real(weight) }
})

/** The value of a definite `integral` node; to infinity by `x = start ± (1/q - 1)` for q from 0 to 1. */
export const integral = (
  x: Expression & { readonly type: "integral" },
  environment: Environment,
  context: Context,
): Ball | undefined => {
  const { lower, upper } = x
  if (lower === undefined || upper === undefined) return undefined
  const place = (bound: Expression): Ball | undefined =>
    infinite(bound) === 0 ? evaluate(bound, environment, { ...context, precision: PLACES }) : B.ZERO
  const [low, high] = [place(lower), place(upper)]
  if (!low || !high || !B.isReal(low) || !B.isReal(high)) return undefined
  const f = bodyOf(x, environment, estimating(context, VALUES))
  const [below, above] = [infinite(lower), infinite(upper)]
  if (below === 0 && above === 0) return quadrature(f, low, high, context)
  const towards = (side: -1 | 0 | 1): Ball | undefined => {
    if (side === 0) return B.ZERO
    const value = quadrature(
      (q) => {
        const inverse = B.divide(B.fromInteger(side), q, PLACES)
        const far = inverse && B.subtract(inverse, B.fromInteger(side), PLACES)
        const there = far && f(B.add(below === 0 ? low : high, far, PLACES))
        return there && B.multiply(there, B.multiply(inverse, inverse, PLACES), VALUES)
      },
      B.ZERO,
      B.ONE,
      context,
    )
    return value && B.multiply(value, B.fromInteger(side), VALUES)
  }
  const up = towards(above)
  const down = up && towards(below)
  return down && B.subtract(up, down, VALUES)
}

/** The integral of `f` from `low` to `high` by the tanh-sinh rule. */
const quadrature = (f: (at: Ball) => Ball | undefined, low: Ball, high: Ball, context: Context): Ball | undefined => {
  const half = B.scale(B.subtract(high, low, PLACES), -1)
  if (B.containsZero(half)) return B.isExactZero(half) ? B.ZERO : undefined

  /** Weight times value at `t = j/128`. */
  const part = (j: number): Ball | undefined => {
    const { place, weight } = nodeAt(Math.abs(j))
    const q = B.multiply(half, place, PLACES)
    const value = f(j < 0 ? B.add(low, q, PLACES) : B.subtract(high, q, PLACES))
    context.budget.spend(40)
    return value && B.multiply(value, weight, VALUES)
  }

  let total = part(0)
  if (total === undefined) return undefined
  let size = B.magnitude(total)
  // A first pass outwards finds where the terms become nothing, or nothing that is known.
  let tail = -Infinity
  const reach = (side: 1 | -1): number => {
    let [end, last] = [0, Infinity]
    for (let j = 32; j < FARTHEST && last >= size - 115; j += 32) {
      const value = part(side * j)
      const m = value ? B.magnitude(value) : Infinity
      if (value === undefined || B.radiusMagnitude(value) > Math.max(size, m) - 75) break
      total = B.add(total!, value, VALUES)
      size = Math.max(size, m)
      ;[end, last] = [j, m]
    }
    tail = Math.max(tail, last)
    return end
  }
  const [right, left] = [reach(1), reach(-1)]
  if (tail > size - 70) return undefined
  let before = B.scale(total, -2)
  for (let [step, fineness] = [16, -3]; step >= 1; step >>= 1, fineness--) {
    for (let j = step - left; j < right; j += 2 * step) {
      const value = part(j)
      if (value === undefined) return undefined
      total = B.add(total, value, VALUES)
    }
    // Sums for spacing `step/128` and twice that.
    const now = B.scale(total, fineness)
    const error = Math.max(B.magnitude(B.subtract(now, before, VALUES)), tail - 2)
    if (error < Math.max(B.magnitude(now), size - 20) - 66)
      return B.widen(B.multiply(now, half, VALUES), error + B.magnitude(half), VALUES)
    before = now
  }
  return undefined
}
