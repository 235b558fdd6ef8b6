/**
 * What two values tell about each other at one point.
 *
 * @since 0.1.0
 */
import type { Budget } from "../Budget.ts"
import type { Ball } from "./Ball.ts"
import * as B from "./Ball.ts"
import type { Context, Environment } from "./Evaluate.ts"

/** Two values at a point; nothing where a side has none. */
export type Sampler = (point: Environment, context: Context) => readonly [Ball, Ball] | undefined

/** One number, two numbers, or not enough is known; and whether that is proven. */
export interface Told {
  readonly verdict: "same" | "differ" | "unclear"
  readonly rigorous: boolean
}

/** Precisions, each tried where the one before told too little, and how many leading bits must agree. */
type Steps = ReadonlyArray<readonly [precision: number, accuracy: number]>

export const CONSTANTS: Steps = [
  [64, Infinity],
  [256, 205],
  [512, 410],
  [1408, 1126],
]

export const AT_POINTS: Steps = [
  [96, 60],
  [192, 60],
  [384, 60],
]

/** One closer look at a point, for differences too small for the others. */
export const CLOSER: Steps = [
  [288, 200],
  [576, 200],
]

/** Leading bits of estimates that must agree. */
const ESTIMATE_ACCURACY = 60

/** Bits behind the point that must be 0 in a constant for it to be 0. */
const NOTHING = 410

/** How values for comparisons are found. */
export const settings = (budget: Budget, realOnly: boolean): Omit<Context, "precision"> => ({
  budget,
  generic: true,
  realOnly,
})

const judge = (a: Ball, b: Ball, p: number, accuracy: number, isProof: boolean, isConstant: boolean) => {
  const difference = B.subtract(a, b, p)
  if (B.isExactZero(difference)) return "same"
  const size = Math.max(B.magnitude(a), B.magnitude(b))
  const radius = B.radiusMagnitude(difference)
  if (!B.containsZero(difference)) {
    const gap = B.magnitude(difference)
    return isProof || (gap > radius + 16 && gap > size - 50) ? "differ" : "unclear"
  }
  const needed = isProof ? accuracy : ESTIMATE_ACCURACY
  const isStrict = isProof && isConstant
  // Great constants must agree behind the point too: e^1000 is not e^1000 + 1.
  if (radius < size - needed && (!isStrict || radius < -16)) return "same"
  return radius < -(isStrict ? NOTHING : needed) && B.containsZero(a) && B.containsZero(b) ? "same" : "unclear"
}

/** What is known at one point, with more bits where needed. Nothing where a side has no value. */
export const toldAt = (
  sample: Sampler,
  point: Environment,
  context: Omit<Context, "precision">,
  steps: Steps,
): Told | undefined => {
  let told: Told | undefined
  for (const [precision, accuracy] of steps) {
    context.budget.spend(10)
    const here: Context = { ...context, precision, rigorous: true }
    const pair = sample(point, here)
    // A constant may have a value that shows with more bits only.
    if (pair === undefined && steps === CONSTANTS) continue
    if (pair === undefined) break
    const rigorous = here.rigorous === true
    told = { verdict: judge(...pair, precision, accuracy, rigorous, steps === CONSTANTS), rigorous }
    if (told.verdict !== "unclear" || !rigorous) break
  }
  return told
}
