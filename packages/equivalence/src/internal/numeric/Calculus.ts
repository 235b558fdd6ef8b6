/**
 * Integrals, limits and derivatives by numbers. Their radii are estimates: what two steps of the method differ by.
 *
 * @since 0.1.0
 */
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { exp as expReal, piReal } from "./Elementary.ts"
import type { Context, Environment } from "./Evaluate.ts"
import { evaluate } from "./Evaluate.ts"
import * as R from "./Real.ts"
import { infinite } from "./Series.ts"

/** The body as a function of its variable at a precision. */
const bodyOf = (
  x: Expression & { readonly type: "integral" | "limit" | "derivative" },
  environment: Environment,
  context: Context,
  precision: number,
): ((at: Ball) => Ball | undefined) => {
  const inner = new Map(environment)
  const settings = { ...context, precision }
  context.rigorous = false
  return (at) => {
    inner.set(x.variable, at)
    return evaluate(x.body, inner, settings)
  }
}

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

const nodes = new Map<number, Node>()

/** The node at `t = j/128 ≥ 0`: `1 - tanh u` for `u = π/2·sinh t`. */
const nodeAt = (j: number): Node => {
  const known = nodes.get(j)
  if (known !== undefined) return known
  const p = VALUES + 32
  const up = expReal(R.dyadic(BigInt(j), -7), p)!
  const down = R.divide(R.ONE, up, p)!
  const quarter = R.scale(piReal(p), -2)
  const u = R.multiply(quarter, R.subtract(up, down, p), p)
  const slope = R.multiply(quarter, R.add(up, down, p), p)
  const two = R.scale(R.ONE, 1)
  const place = R.divide(two, R.add(R.ONE, expReal(R.scale(u, 1), p)!, p), p)!
  const weight = R.multiply(slope, R.multiply(place, R.subtract(two, place, p), p), p)
  const node = { place: B.real(R.middle(place)), weight: B.real(weight) }
  nodes.set(j, node)
  return node
}

/** The value of a definite `integral` node; half lines become intervals, and a line two half lines. */
export const integral = (
  x: Expression & { readonly type: "integral" },
  environment: Environment,
  context: Context,
): Ball | undefined => {
  const { lower, upper } = x
  if (lower === undefined || upper === undefined) return undefined
  const [below, above] = [infinite(lower), infinite(upper)]
  if (below === 1 || above === -1) {
    const value = below === above ? undefined : integral({ ...x, lower: upper, upper: lower }, environment, context)
    return value && B.negate(value)
  }
  if (below !== 0 && above !== 0) {
    const zero: Expression = { type: "number", value: { numerator: 0n, denominator: 1n } }
    const left = integral({ ...x, upper: zero }, environment, context)
    const right = left && integral({ ...x, lower: zero }, environment, context)
    return right && B.add(left, right, VALUES)
  }
  const places = { ...context, precision: PLACES }
  const low = evaluate(below === 0 ? lower : upper, environment, places)
  const high = below === 0 && above === 0 ? evaluate(upper, environment, places) : low
  if (!low || !high || !B.isReal(low) || !B.isReal(high)) return undefined
  const f = bodyOf(x, environment, context, VALUES)
  if (below === 0 && above === 0) return quadrature(f, low, high, context)
  // With `x = low ± (1/q - 1)` for q from 0 to 1.
  const onHalfLine = (q: Ball): Ball | undefined => {
    const inverse = B.divide(B.ONE, q, PLACES)
    const far = inverse && B.subtract(inverse, B.ONE, PLACES)
    const value = far && f((above === 1 ? B.add : B.subtract)(low, far, PLACES))
    return value && B.multiply(value, B.multiply(inverse, inverse, PLACES), VALUES)
  }
  return quadrature(onHalfLine, B.ZERO, B.ONE, context)
}

/** The integral of `f` from `low` to `high` by the tanh-sinh rule. */
const quadrature = (f: (at: Ball) => Ball | undefined, low: Ball, high: Ball, context: Context): Ball | undefined => {
  const half = B.scale(B.subtract(high, low, PLACES), -1)
  if (B.containsZero(half)) return B.isExactZero(half) ? B.ZERO : undefined

  /** Weight times value at `t = side·j/128`. */
  const part = (j: number, side: 1 | -1): Ball | undefined => {
    const { place, weight } = nodeAt(j)
    const q = B.multiply(half, place, PLACES)
    const value = f(side === 1 ? B.subtract(high, q, PLACES) : B.add(low, q, PLACES))
    context.budget.spend(40)
    return value && B.multiply(value, weight, VALUES)
  }

  // A first pass outwards finds where the terms become nothing, or nothing that is known.
  const centre = part(0, 1)
  if (centre === undefined) return undefined
  let total = centre
  let size = B.magnitude(centre)
  let tail = -Infinity
  const ends = { 1: 0, [-1]: 0 }
  for (const side of [1, -1] as const) {
    let last = Infinity
    for (let j = 32; j < FARTHEST; j += 32) {
      const value = part(j, side)
      const m = value ? B.magnitude(value) : Infinity
      if (value === undefined || B.radiusMagnitude(value) > Math.max(size, m) - 75) {
        if (j < 128) return undefined
        break
      }
      total = B.add(total, value, VALUES)
      size = Math.max(size, m)
      ends[side] = j
      last = m
      if (m < size - 115) break
    }
    tail = Math.max(tail, last)
  }
  if (tail > size - 70) return undefined
  let before = B.scale(total, -2)
  for (let [step, fineness] = [16, -3]; step >= 1; step >>= 1, fineness--) {
    for (const side of [1, -1] as const)
      for (let j = step; j <= ends[side]; j += 2 * step) {
        const value = part(j, side)
        if (value === undefined) return undefined
        total = B.add(total, value, VALUES)
      }
    // Sums for spacing `step/128` and twice that.
    const now = B.scale(total, fineness)
    const error = Math.max(B.magnitude(B.subtract(now, before, VALUES)), tail - 2)
    if (error < Math.max(B.magnitude(now), size - 20) - 66) {
      return B.widen(B.multiply(now, half, VALUES), error + B.magnitude(half), VALUES)
    }
    before = now
  }
  return undefined
}

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
  const point = far === 0 ? evaluate(x.point, environment, { ...context, precision: 1280 }) : B.ZERO
  if (point === undefined) return undefined
  const along = (side: 1 | -1): Ball | undefined => approach(x, environment, context, point, far, side)
  if (far !== 0) return along(far)
  const right = x.side === "below" ? undefined : along(1)
  if (x.side === "above") return right
  const left = x.side === "below" || right !== undefined ? along(-1) : undefined
  if (x.side === "below" || left === undefined || right === undefined) return x.side === "below" ? left : undefined
  return B.containsZero(B.subtract(left, right, 256)) ? right : undefined
}

const approach = (
  x: Expression & { readonly type: "limit" },
  environment: Environment,
  context: Context,
  point: Ball,
  far: -1 | 0 | 1,
  side: 1 | -1,
): Ball | undefined => {
  const whole = WHOLE_NAMES.has(x.variable)
  /** The body at distance `2^-k` times some number, or at its inverse for infinite limits. */
  const at = (f: (at: Ball) => Ball | undefined, k: number): Ball | undefined => {
    const m = side === 1 ? ODD : -ODD
    if (far === 0) return f(B.add(point, B.real(R.dyadic(m, -20 - k)), 1280))
    // Whole numbers of both parities, so that (-1)^n shows.
    return f(
      whole ? B.fromInteger((m << BigInt(k - 20)) + BigInt((k >> 1) & 1), 256) : B.real(R.dyadic(3n * m, k - 22)),
    )
  }
  // For smooth functions three places not too near, and Richardson's extrapolation.
  const p = 640
  const near = bodyOf(x, environment, context, p)
  const [a, b, c] = [at(near, 64), at(near, 65), at(near, 66)]
  if (a && b && c) {
    const once = B.subtract(B.scale(b, 1), a, p)
    const again = B.subtract(B.scale(c, 1), b, p)
    const twice = B.divide(B.subtract(B.scale(again, 2), once, p), B.fromInteger(3), p)!
    const error = B.magnitude(B.subtract(twice, again, p))
    if (error < Math.max(B.magnitude(twice) - 70, -100)) return B.widen(twice, error, p)
  }
  // For roots and logarithms places so near that nothing else matters.
  const close = bodyOf(x, environment, context, 1280)
  const [d, e] = [at(close, 256), at(close, 258)]
  const error = d && e && B.magnitude(B.subtract(d, e, p))
  return error !== undefined && error < Math.max(B.magnitude(e!) - 80, -100) ? B.widen(e!, error + 4, p) : undefined
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
  const f = bodyOf(x, environment, context, p)
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
