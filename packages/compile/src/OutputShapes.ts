/**
 * The shapes and types that TensorFlow's operations give, from the shapes and constants that go in.
 *
 * An operation that is not listed has outputs that depend on values (`Where`, `Unique`) or none in a program.
 *
 * @since 0.1.0
 */
import { elementwiseRules } from "./internal/rules/elementwise.ts"
import { reductionRules } from "./internal/rules/reductions.ts"
import type { Inputs, Output } from "./internal/rules/rule.ts"
import { sliceRules } from "./internal/rules/slices.ts"
import { windowRules } from "./internal/rules/windows.ts"

const rules = new Map([...elementwiseRules, ...reductionRules, ...sliceRules, ...windowRules])

/**
 * Whether the outputs of an operation are known before it runs.
 *
 * @since 0.1.0
 * @category measurements
 */
export const isStatic = (operation: string): boolean => rules.has(operation)

/**
 * The outputs of an operation.
 *
 * @throws {RangeError} where the shapes do not fit, or depend on a value
 * @since 0.1.0
 * @category measurements
 */
export const outputs = (operation: string, call: Inputs): ReadonlyArray<Output> => {
  const rule = rules.get(operation)
  if (rule === undefined) throw new RangeError("how much it gives is not known before it runs")
  return rule(call)
}
