/**
 * The elementary functions of one complex ball, by their canonical names.
 *
 * Real arguments inside a function's real domain take a real path; every other argument takes the formula in exp and log
 * that gives the principal value.
 *
 * @since 0.1.0
 */
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { angle, arctan as arctanReal, arsinh as arsinhReal, hyperbolic, piReal, sineCosine } from "./Elementary.ts"
import { exp } from "./Power.ts"
import * as R from "./Real.ts"

/** A function of one ball at a precision; nothing where it has no value. */
export type Unary = (z: Ball, p: number) => Ball | undefined

/** `f` of a real argument, `g` of any other and of those for which `f` has nothing. */
const byDomain =
  (f: (x: R.Real, p: number) => R.Real | undefined, g: Unary): Unary =>
  (z, p) => {
    const value = B.isReal(z) ? f(z.re, p) : undefined
    return value === undefined ? g(z, p) : B.real(value)
  }

const quotient =
  (f: Unary, g: Unary): Unary =>
  (z, p) => {
    const bottom = g(z, p + 8)
    const top = bottom && f(z, p + 8)
    return top && B.divide(top, bottom, p)
  }

const one: Unary = () => B.ONE

/** `f(1/z)`. */
const ofInverse =
  (f: Unary): Unary =>
  (z, p) => {
    const inverse = B.divide(B.ONE, z, p + 8)
    return inverse && f(inverse, p)
  }

/** `-i·f(i·z)`: sin of sinh, arcsin of arsinh and their kin. */
const turned =
  (f: Unary): Unary =>
  (z, p) => {
    const value = f(B.timesI(z), p)
    return value && B.negate(B.timesI(value))
  }

/** `(e^z ± e^-z)/2`. */
const halves =
  (add: (a: Ball, b: Ball, p: number) => Ball): Unary =>
  (z, p) => {
    const up = exp(z, p + 8)
    const down = up && B.divide(B.ONE, up, p + 8)
    return down && B.scale(add(up, down, p), -1)
  }

const part =
  <A>(pair: (x: R.Real, p: number) => readonly [A, A] | undefined, index: 0 | 1) =>
  (x: R.Real, p: number): A | undefined =>
    pair(x, p)?.[index]

const sinhComplex = halves(B.subtract)
const coshComplex = halves(B.add)
const sinh = byDomain(part(hyperbolic, 0), sinhComplex)
const cosh = byDomain(part(hyperbolic, 1), coshComplex)
const sin = byDomain(part(sineCosine, 0), (z, p) => (B.isReal(z) ? undefined : turned(sinhComplex)(z, p)))
const cos = byDomain(part(sineCosine, 1), (z, p) => (B.isReal(z) ? undefined : coshComplex(B.timesI(z), p)))

/** ln(a + b). */
const logSum = (a: Ball | undefined, b: Ball | undefined, p: number): Ball | undefined =>
  a && b && B.log(B.add(a, b, p + 8), p)

const product = (a: Ball | undefined, b: Ball | undefined, p: number): Ball | undefined => a && b && B.multiply(a, b, p)

const arsinhComplex: Unary = (z, p) =>
  logSum(z, B.squareRoot(B.add(B.multiply(z, z, p + 16), B.ONE, p + 16), p + 16), p)

const arsinh = byDomain(arsinhReal, (z, p) => (B.isReal(z) ? undefined : arsinhComplex(z, p)))

/** ln(z + √(z+1)·√(z-1)). */
const arcosh: Unary = (z, p) =>
  logSum(
    z,
    product(B.squareRoot(B.add(z, B.ONE, p + 16), p + 16), B.squareRoot(B.subtract(z, B.ONE, p + 16), p + 16), p + 16),
    p,
  )

/** (ln(1+z) - ln(1-z))/2, with more bits for a small z. */
const artanh: Unary = (z, p) => {
  if (B.isExactZero(z)) return z
  const q = p + 8 + Math.max(0, Math.min(p, 400, -B.magnitude(z)))
  const up = B.log(B.add(B.ONE, z, q), q)
  const down = up && B.log(B.subtract(B.ONE, z, q), q)
  return down && B.scale(B.subtract(up, down, p), -1)
}

/** 1 - x² as (1-x)(1+x), which loses nothing near 1. */
const complement = (x: R.Real, p: number): R.Real => R.multiply(R.subtract(R.ONE, x, p), R.add(R.ONE, x, p), p)

/** arcsin inside (-1, 1) and at its ends. */
const arcsinReal = (x: R.Real, p: number): R.Real | undefined => {
  const cosine = complement(x, p + 8)
  if (R.isZero(cosine)) return R.scale(x.m < 0n ? R.negate(piReal(p)) : piReal(p), -1)
  const root = R.squareRoot(cosine, p + 8)
  return root && angle(x, root, p)
}

const arccosReal = (x: R.Real, p: number): R.Real | undefined => {
  const cosine = complement(x, p + 8)
  if (R.isZero(cosine)) return x.m < 0n ? piReal(p) : R.ZERO
  const root = R.squareRoot(cosine, p + 8)
  return root && angle(root, x, p)
}

const rightAngle = (p: number): Ball => B.real(R.scale(piReal(p), -1))

const complementOf =
  (f: Unary): Unary =>
  (z, p) => {
    const value = f(z, p + 4)
    return value && B.subtract(rightAngle(p + 4), value, p)
  }

const arcsin = byDomain(arcsinReal, turned(arsinhComplex))
const arccos = byDomain(arccosReal, complementOf(arcsin))
const arctan = byDomain(arctanReal, (z, p) => (B.isReal(z) ? undefined : turned(artanh)(z, p)))

/** Every elementary function of one argument. */
export const functions: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ["exp", exp],
  ["ln", B.log],
  ["sin", sin],
  ["cos", cos],
  ["tan", quotient(sin, cos)],
  ["cot", quotient(cos, sin)],
  ["sec", quotient(one, cos)],
  ["csc", quotient(one, sin)],
  ["sinh", sinh],
  ["cosh", cosh],
  ["tanh", quotient(sinh, cosh)],
  ["coth", quotient(cosh, sinh)],
  ["sech", quotient(one, cosh)],
  ["csch", quotient(one, sinh)],
  ["arcsin", arcsin],
  ["arccos", arccos],
  ["arctan", arctan],
  ["arccot", complementOf(arctan)],
  ["arcsec", ofInverse(arccos)],
  ["arccsc", ofInverse(arcsin)],
  ["arsinh", arsinh],
  ["arcosh", arcosh],
  ["artanh", artanh],
  ["arcoth", ofInverse(artanh)],
  ["arsech", ofInverse(arcosh)],
  ["arcsch", ofInverse(arsinh)],
  ["abs", B.absolute],
  ["norm", B.absolute],
  ["re", (z) => (B.isReal(z) ? z : B.real(z.re))],
  ["im", (z) => (B.isReal(z) ? B.ZERO : B.real(z.im))],
  ["conjugate", B.conjugate],
  [
    "arg",
    byDomain(
      (x, p) => angle(R.ZERO, x, p),
      (z, p) => {
        const value = B.isReal(z) ? undefined : angle(z.im, z.re, p)
        return value && B.real(value)
      },
    ),
  ],
  ["degrees", (z, p) => B.divide(B.multiply(z, B.real(piReal(p + 4)), p + 4), B.fromInteger(180), p)],
  [
    "sign",
    (z, p) => {
      if (B.isExactZero(z)) return B.ZERO
      if (!B.isReal(z)) {
        const size = B.absolute(z, p + 4)
        return size && B.divide(z, size, p)
      }
      const s = R.sign(z.re)
      return s === 0 ? undefined : B.fromInteger(s)
    },
  ],
])
