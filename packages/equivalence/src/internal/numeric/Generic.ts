/**
 * Numbers that look random and are the same everywhere, and functions made of them.
 *
 * @since 0.1.0
 */
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import { functions } from "./Functions.ts"
import { dyadic } from "./Real.ts"

/** A stream of 32-bit numbers that depends on the text alone. */
export const randomStream = (text: string): (() => number) => {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
}

/** An exact number from `low` to `high` with 20 bits after the point. */
export const randomDyadic = (next: () => number, low: number, high: number): Ball => {
  const from = Math.ceil(low * 1_048_576)
  const m = BigInt(from + Math.floor((next() / 4_294_967_296) * (high * 1_048_576 - from)))
  return B.real(dyadic(m, -20))
}

/** Names that mean one function and no other, which is not computed here. */
const FIXED = /^(?:det|zeta)$/

/** A value for a function that is only named: `c0 + c1·sin(c2 + Σ a_k·x_k)` with numbers made of the name. */
export const genericFunction = (name: string, values: ReadonlyArray<Ball>, p: number): Ball | undefined => {
  if (FIXED.test(name)) return undefined
  const next = randomStream(`${name}/${values.length}`)
  const number = () => randomDyadic(next, 0.5, 1.5)
  let inner = number()
  for (const value of values) inner = B.add(inner, B.multiply(number(), value, p), p)
  const wave = functions.get("sin")!(inner, p)
  return wave && B.add(number(), B.multiply(number(), wave, p), p)
}
