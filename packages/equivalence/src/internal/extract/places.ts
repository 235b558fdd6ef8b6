/**
 * Where a place lies among formulas.
 */
import type { Environment } from "./environments.ts"

/** Index of the first formula that ends after a place. */
export const firstAfter = (formulas: ReadonlyArray<Environment>, place: number): number => {
  let [low, high] = [0, formulas.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (formulas[middle]!.end <= place) low = middle + 1
    else high = middle
  }
  return low
}
