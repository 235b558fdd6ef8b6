/**
 * The elementary functions of one complex ball, by their canonical names.
 *
 * Sine, cosine and the arcs take a real path for real arguments; every other function is a formula in exp and log that
 * gives the principal value.
 *
 * @since 0.1.0
 */
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { angle, arctan as arctanReal, piReal, sineCosine } from "./Elementary.ts"
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

/** For functions that have a value for every real number that is known well. */
const unlessReal =
  (f: Unary): Unary =>
  (z, p) =>
    B.isReal(z) ? undefined : f(z, p)

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

/** More bits for a small `z`, where leading bits will cancel. */
const extended = (z: Ball, p: number): number => p + 16 + Math.max(0, Math.min(p, 400, -B.magnitude(z)))

/** `(e^z ± e^-z)/2`. */
const halves =
  (add: (a: Ball, b: Ball, p: number) => Ball): Unary =>
  (z, p) => {
    const q = extended(z, p)
    const up = exp(z, q)
    const down = up && B.divide(B.ONE, up, q)
    return down && B.scale(add(up, down, q), -1)
  }

const sinh = halves(B.subtract)
const cosh = halves(B.add)
const sin = byDomain((x, p) => sineCosine(x, p)?.[0], unlessReal(turned(sinh)))
const cos = byDomain(
  (x, p) => sineCosine(x, p)?.[1],
  unlessReal((z, p) => cosh(B.timesI(z), p)),
)

/** `ln(z + root)`. */
const logSum = (z: Ball, root: Ball | undefined, p: number): Ball | undefined => root && B.log(B.add(z, root, p), p)

/** ln(z + √(z²+1)), which is odd and loses bits on the left. */
const arsinh: Unary = (z, p) => {
  if (B.isExactZero(z)) return z
  if (R.sign(z.re) < 0) {
    const value = arsinh(B.negate(z), p)
    return value && B.negate(value)
  }
  const q = extended(z, p)
  return logSum(z, B.squareRoot(B.add(B.multiply(z, z, 2 * q), B.ONE, q), q), q)
}

/** ln(z + √(z+1)·√(z-1)). */
const arcosh: Unary = (z, p) => {
  const q = p + 16
  const up = B.squareRoot(B.add(z, B.ONE, q), q)
  const down = up && B.squareRoot(B.subtract(z, B.ONE, q), q)
  return logSum(z, down && B.multiply(up, down, q), q)
}

/** (ln(1+z) - ln(1-z))/2. */
const artanh: Unary = (z, p) => {
  if (B.isExactZero(z)) return z
  const q = extended(z, p)
  const up = B.log(B.add(B.ONE, z, q), q)
  const down = up && B.log(B.subtract(B.ONE, z, q), q)
  return down && B.scale(B.subtract(up, down, p), -1)
}

/** √(1 - x²) as √((1-x)(1+x)), which loses nothing near 1. */
const otherSide = (x: R.Real, p: number): R.Real | undefined =>
  R.squareRoot(R.multiply(R.subtract(R.ONE, x, p), R.add(R.ONE, x, p), p), p)

/** arcsin and arccos inside (-1, 1) and at its ends, as angles. */
const arcsinReal = (x: R.Real, p: number): R.Real | undefined => {
  const root = otherSide(x, p + 8)
  return root && angle(x, root, p)
}

const arccosReal = (x: R.Real, p: number): R.Real | undefined => {
  const root = otherSide(x, p + 8)
  return root && angle(root, x, p)
}

/** `π/2 - f(z)`. */
const complementOf =
  (f: Unary): Unary =>
  (z, p) => {
    const value = f(z, p + 4)
    return value && B.subtract(B.real(R.scale(piReal(p + 4), -1)), value, p)
  }

const arcsin = byDomain(arcsinReal, turned(arsinh))
const arccos = byDomain(arccosReal, complementOf(arcsin))
const arctan = byDomain(arctanReal, unlessReal(turned(artanh)))

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
  ["im", (z) => B.real(z.im)],
  ["conjugate", B.conjugate],
  [
    "arg",
    (z, p) => {
      const value = angle(z.im, z.re, p)
      return value && B.real(value)
    },
  ],
  ["degrees", (z, p) => B.divide(B.multiply(z, B.real(piReal(p + 4)), p + 4), B.fromInteger(180), p)],
  [
    "sign",
    (z, p) => {
      if (B.isExactZero(z)) return B.ZERO
      if (B.isReal(z)) return R.sign(z.re) === 0 ? undefined : B.fromInteger(R.sign(z.re))
      const size = B.absolute(z, p + 4)
      return size && B.divide(z, size, p)
    },
  ],
])
