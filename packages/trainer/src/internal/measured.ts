/** What checks measure, in the words of all of them. */

export const greatest = (values: ReadonlyArray<number>): number =>
  // A NaN is the worst there is, and `Math.max` of one is one.
  values.reduce((a, b) => Math.max(a, b), 0)

export const small = (value: number): string => value.toExponential(1)
