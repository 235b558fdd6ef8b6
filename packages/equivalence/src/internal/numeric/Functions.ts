/**
 * The elementary functions of one complex ball, by their canonical names.
 *
 * Few are computed: every other function is a formula in them that gives the principal value.
 *
 * @since 0.1.0
 */
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { ceil, floor, round } from "./Discrete.ts"
import { angle, piReal, sineCosine } from "./Elementary.ts"
import { exp, squareRoot } from "./Power.ts"
import * as R from "./Real.ts"

/** A function of one ball at a precision; nothing where it has no value. */
export type Unary = (z: Ball, p: number) => Ball | undefined

/** `f` of real arguments, `g` of any other. */
const byDomain =
  (f: (x: R.Real, p: number) => R.Real | undefined, g: Unary): Unary =>
  (z, p) => {
    if (!B.isReal(z)) return g(z, p)
    const value = f(z.re, p)
    return value && B.real(value)
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
const sin = byDomain((x, p) => sineCosine(x, p)?.[0], turned(sinh))
const cos = byDomain(
  (x, p) => sineCosine(x, p)?.[1],
  (z, p) => cosh(B.timesI(z), p),
)

/** ln(z + √(z²+1)), which is odd and loses bits on the left. */
const arsinh: Unary = (z, p) => {
  if (B.isExactZero(z)) return z
  if (R.sign(z.re) < 0) {
    const value = arsinh(B.negate(z), p)
    return value && B.negate(value)
  }
  const q = extended(z, p)
  const root = squareRoot(B.add(B.multiply(z, z, 2 * q), B.ONE, q), q)
  return root && B.log(B.add(z, root, q), p)
}

/** Inside [-1, 1] an angle, for which √(1 - z²) is √((1-z)(1+z)): that loses nothing near 1. */
const arcsin: Unary = (z, p) => {
  const q = p + 8
  const square = B.multiply(B.subtract(B.ONE, z, q), B.add(B.ONE, z, q), q)
  const root = B.isReal(z) && square.re.m >= 0n ? R.squareRoot(square.re, q) : undefined
  const value = root && angle(z.re, root, p)
  return value === undefined ? turned(arsinh)(z, p) : B.real(value)
}

/** `2·f(√((1-z)/2))`: arccos of arcsin; with `side` -1, `2·f(√((z-1)/2))`: arcosh of arsinh. */
const doubled =
  (f: Unary, side: 1 | -1): Unary =>
  (z, p) => {
    const gap = B.scale(B.subtract(B.ONE, z, p + 16), -1)
    const root = squareRoot(side === 1 ? gap : B.negate(gap), p + 16)
    const value = root && f(root, p + 8)
    return value && B.scale(value, 1)
  }

/** (ln(1+z) - ln(1-z))/2. */
const artanh: Unary = (z, p) => {
  if (B.isExactZero(z)) return z
  const q = extended(z, p)
  const up = B.log(B.add(B.ONE, z, q), q)
  const down = up && B.log(B.subtract(B.ONE, z, q), q)
  return down && B.scale(B.subtract(up, down, p), -1)
}

const arctan = byDomain((x, p) => angle(x, R.ONE, p), turned(artanh))
const arccos = doubled(arcsin, 1)
const arcosh = doubled(arsinh, -1)

const arccot: Unary = (z, p) => {
  const value = arctan(z, p + 4)
  return value && B.subtract(B.real(R.scale(piReal(p + 4), -1)), value, p)
}

const sign: Unary = (z, p) => {
  if (B.isExactZero(z)) return z
  if (B.isReal(z)) return R.sign(z.re) === 0 ? undefined : B.fromInteger(R.sign(z.re))
  const size = B.absolute(z, p + 4)
  return size && B.divide(z, size, p)
}

const argument: Unary = (z, p) => {
  const value = angle(z.im, z.re, p)
  return value && B.real(value)
}

/** Every elementary function of one argument. */
export const functions: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ...(
    [
      ["", sin, cos],
      ["h", sinh, cosh],
    ] as const
  ).flatMap(([kind, sine, cosine]): ReadonlyArray<readonly [string, Unary]> => [
    [`sin${kind}`, sine],
    [`cos${kind}`, cosine],
    [`tan${kind}`, quotient(sine, cosine)],
    [`cot${kind}`, quotient(cosine, sine)],
    [`sec${kind}`, quotient(one, cosine)],
    [`csc${kind}`, quotient(one, sine)],
  ]),
  ["exp", exp],
  ["ln", B.log],
  ["arcsin", arcsin],
  ["arccos", arccos],
  ["arctan", arctan],
  ["arccot", arccot],
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
  ["arg", argument],
  ["degrees", (z, p) => B.divide(B.multiply(z, B.real(piReal(p + 4)), p + 4), B.fromInteger(180), p)],
  ["sign", sign],
  ["floor", floor],
  ["ceil", ceil],
  ["round", round],
])
