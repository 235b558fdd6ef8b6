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

/** Terms of a finite range that are added one by one. */
const MOST_TERMS = 2000n

/** Bits for the terms of infinite sums. */
const PRECISION = 320

/** Levin's u-transform of the first `k + 1` terms. */
const levin = (sums: ReadonlyArray<Ball>, inverses: ReadonlyArray<Ball>, k: number): Ball | undefined => {
  let [top, bottom] = [B.ZERO, B.ZERO]
  let choose = 1n
  for (let j = 0; j <= k; j++) {
    const factor = (j % 2 === 0 ? choose : -choose) * BigInt(j + 1) ** BigInt(k - 2)
    const term = B.multiply(B.real(R.dyadic(factor, 0)), inverses[j]!, PRECISION)
    top = B.add(top, B.multiply(term, sums[j]!, PRECISION), PRECISION)
    bottom = B.add(bottom, term, PRECISION)
    choose = (choose * BigInt(k - j)) / BigInt(j + 1)
  }
  return B.divide(top, bottom, PRECISION)
}

/** The value of `Σ term(j)` from `j = 0` on, where two ways to cut it agree in 20 digits and more. */
const infiniteSum = (term: (j: number) => Ball | undefined): Ball | undefined => {
  const sums: Array<Ball> = []
  const sizes: Array<number> = []
  const inverses: Array<Ball> = []
  const next = (): boolean => {
    const j = sums.length
    const value = term(j)
    if (value === undefined) return false
    sums.push(j === 0 ? value : B.add(sums[j - 1]!, value, PRECISION))
    sizes.push(B.magnitude(value))
    const inverse = B.divide(B.ONE, value, PRECISION)
    if (inverse !== undefined) inverses.push(inverse)
    return true
  }
  const greatest = (from: number, to: number) => Math.max(...sizes.slice(from, to))
  /** The plain sum, once eight terms in a row are nothing beside it and the terms fall fast enough. */
  const plain = (): Ball | undefined => {
    const n = sums.length
    const [last, before] = [greatest(n - 8, n), greatest(n - 16, n - 8)]
    const total = sums[n - 1]!
    return last < before - 1 && last < B.magnitude(total) - 100 ? B.widen(total, last + 5, PRECISION) : undefined
  }
  while (sums.length < 48) if (!next()) return undefined
  if (sizes.slice(8).every((size) => size === -Infinity)) return sums[47]
  const quick = plain()
  if (quick !== undefined) return quick
  if (inverses.length === 48 && shrinks(term)) {
    const [rough, good] = [levin(sums, inverses, 36), levin(sums, inverses, 44)]
    const error = rough && good && B.magnitude(B.subtract(rough, good, PRECISION))
    if (error !== undefined && error < B.magnitude(good!) - 70) return B.widen(good!, error + 2, PRECISION)
  }
  if (greatest(40, 48) >= greatest(32, 40) - 1) return undefined
  while (sums.length < 400) {
    for (let k = 0; k < 16; k++) if (!next()) return undefined
    const value = plain()
    if (value !== undefined) return value
  }
  return undefined
}

/** Do far terms fall as those of a convergent sum do: to 0, and faster than 1/n unless their signs change? */
const shrinks = (term: (j: number) => Ball | undefined): boolean => {
  const [a, b, c] = [term(1024), term(1025), term(2048)]
  if (!a || !b || !c) return false
  const steady = B.isReal(a) && B.isReal(b) && R.sign(a.re) === R.sign(b.re)
  const [near, far] = [B.absolute(a, 64), B.absolute(c, 64)]
  if (!near || !far) return false
  // |far|·21/10 < |near| for terms of one sign, |far|·11/10 < |near| otherwise.
  const scaled = R.multiply(far.re, R.dyadic(steady ? 21n : 11n, 0), 64)
  return R.compare(scaled, R.multiply(near.re, R.dyadic(10n, 0), 64), 64) <= 0
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
  const inner = new Map(environment)
  const bodyAt = (n: bigint, settings: Context): Ball | undefined => {
    inner.set(x.variable, B.fromInteger(n, settings.precision))
    return evaluate(x.body, inner, settings)
  }
  if (infinite(x.upper) === 1) {
    const settings = { ...context, precision: PRECISION }
    const value = infiniteSum((j) => {
      const term = bodyAt(first + BigInt(j), settings)
      settings.budget.spend(60)
      return term && (x.type === "sum" ? term : B.log(term, PRECISION))
    })
    context.rigorous = false
    return value && x.type === "product" ? exp(value, PRECISION) : value
  }
  const high = evaluate(x.upper, environment, context)
  const last = high && B.integer(high)
  if (last === undefined || last < first - 1n || last - first >= MOST_TERMS) return undefined
  const combine = x.type === "sum" ? B.add : B.multiply
  let total = x.type === "sum" ? B.ZERO : B.ONE
  for (let n = first; n <= last; n++) {
    const value = bodyAt(n, context)
    if (value === undefined) return undefined
    context.budget.spend(6)
    spendExact(context, total, value)
    total = combine(total, value, context.precision)
  }
  return total
}
