/**
 * Sums and products over ranges, the infinite ones by acceleration of convergence.
 *
 * @since 0.1.0
 */
import type { Expression } from "../../Expression.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import type { Context, Environment } from "./Evaluate.ts"
import { evaluate, spendExact } from "./Evaluate.ts"
import { exp } from "./Power.ts"
import * as R from "./Real.ts"

/** 1 for ∞, -1 for -∞, else 0. */
export const infinite = (x: Expression): -1 | 0 | 1 =>
  x.type === "constant" && x.name === "infinity" ? 1 : x.type === "negate" && infinite(x.operand) === 1 ? -1 : 0

/** The body of an expression as a function of its variable. */
export const bodyOf = (
  x: { readonly variable: string; readonly body: Expression },
  environment: Environment,
  context: Context,
): ((at: Ball) => Ball | undefined) => {
  const inner = new Map(environment)
  return (at) => evaluate(x.body, inner.set(x.variable, at), context)
}

/** The settings for an estimate: another precision, and no proof. */
export const estimating = (context: Context, precision: number): Context => {
  context.rigorous = false
  return { ...context, precision }
}

/** The better of two estimates, with what they differ by as its radius; nothing where that is too much. */
export const agreed = (
  rough: Ball | undefined,
  good: Ball | undefined,
  accuracy: number,
  p: number,
): Ball | undefined => {
  if (rough === undefined || good === undefined) return undefined
  const error = B.magnitude(B.subtract(rough, good, p))
  return error < Math.max(B.magnitude(good) - accuracy, -100) ? B.widen(good, error + 4, p) : undefined
}

/** Terms of a finite range that are added one by one. */
const MOST_TERMS = 2000n

/** Bits for the terms of infinite sums. */
const PRECISION = 320

/** Levin's u-transform of the first `k + 1` terms. */
const levin = (terms: ReadonlyArray<Ball>, sums: ReadonlyArray<Ball>, k: number): Ball | undefined => {
  let [top, bottom, choose] = [B.ZERO, B.ZERO, 1n]
  for (let j = 0; j <= k; j++) {
    const weight = B.divide(B.real(R.dyadic(choose * BigInt(j + 1) ** BigInt(k - 2), 0)), terms[j]!, PRECISION)
    if (weight === undefined) return undefined
    top = B.add(top, B.multiply(weight, sums[j]!, PRECISION), PRECISION)
    bottom = B.add(bottom, weight, PRECISION)
    choose = (-choose * BigInt(k - j)) / BigInt(j + 1)
  }
  return B.divide(top, bottom, PRECISION)
}

/** Terms of an endless sum that are looked at first, and those that are added at most. */
const FEW = 48
const MANY = 400

/** The value of `Σ term(j)` from `j = 0` on, where two ways to cut it agree in 20 digits and more. */
const infiniteSum = (term: (j: number) => Ball | undefined): Ball | undefined => {
  const [terms, sums]: [Array<Ball>, Array<Ball>] = [[], []]
  let total = B.ZERO
  for (let n = 1; n <= MANY; n++) {
    const next = term(n - 1)
    if (next === undefined) return undefined
    total = B.add(total, next, PRECISION)
    terms.push(next)
    sums.push(total)
    if (n < FEW || n % 16 !== 0) continue
    // The plain sum, once eight terms in a row are nothing beside it and the terms fall fast enough.
    const greatest = (from: number) => Math.max(...terms.slice(from, from + 8).map(B.magnitude))
    const [last, before] = [greatest(n - 8), greatest(n - 16)]
    const falls = last < before - 1
    if (last === -Infinity || (falls && last < B.magnitude(total) - 100)) return B.widen(total, last + 5, PRECISION)
    if (n > FEW) continue
    const value = shrinks(term) ? agreed(levin(terms, sums, 36), levin(terms, sums, 44), 70, PRECISION) : undefined
    if (value !== undefined) return value
    if (!falls) return undefined
  }
  return undefined
}

/** Do far terms fall as those of a convergent sum do: to 0, and faster than 1/n unless their signs change? */
const shrinks = (term: (j: number) => Ball | undefined): boolean => {
  const [a, b, c] = [term(1024), term(1025), term(2048)]
  if (!a || !b || !c) return false
  const product = B.multiply(a, b, 64)
  const steady = B.isReal(product) && R.sign(product.re) > 0
  const [near, far] = [B.absolute(a, 64), B.absolute(c, 64)]
  if (!near || !far) return false
  // |far|·21/10 < |near| for terms of one sign, |far|·11/10 < |near| otherwise.
  const least = B.multiply(far, B.fromInteger(steady ? 21 : 11), 64)
  return R.sign(B.subtract(B.multiply(near, B.fromInteger(10), 64), least, 64).re) >= 0
}

/** The value of a `sum` or `product` node. */
export const series = (
  x: Expression & { readonly type: "sum" | "product" },
  environment: Environment,
  context: Context,
): Ball | undefined => {
  const low = evaluate(x.lower, environment, context)
  const first = low && B.integer(low)
  if (first === undefined) return undefined
  if (infinite(x.upper) === 1) {
    const body = bodyOf(x, environment, estimating(context, PRECISION))
    const value = infiniteSum((j) => {
      const term = body(B.fromInteger(first + BigInt(j), PRECISION))
      context.budget.spend(60)
      return term && (x.type === "sum" ? term : B.log(term, PRECISION))
    })
    return value && x.type === "product" ? exp(value, PRECISION) : value
  }
  const high = evaluate(x.upper, environment, context)
  const last = high && B.integer(high)
  if (last === undefined || last < first - 1n || last - first >= MOST_TERMS) return undefined
  const body = bodyOf(x, environment, context)
  const combine = x.type === "sum" ? B.add : B.multiply
  let total = x.type === "sum" ? B.ZERO : B.ONE
  for (let n = first; n <= last; n++) {
    const value = body(B.fromInteger(n, context.precision))
    if (value === undefined) return undefined
    context.budget.spend(6)
    spendExact(context, total, value)
    total = combine(total, value, context.precision)
  }
  return total
}
