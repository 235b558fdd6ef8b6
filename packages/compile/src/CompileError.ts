/**
 * What can go wrong between a function and the program made of it.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * - `unsupported-kernel`: an operation that has no place in a static program; `at` names it and the line that called it
 * - `traced-value-read`: the function looked at a value (`dataSync`, `data`, `print`) that exists only when the program runs;
 *   that it asks `if (tensor)`, which is always true, nobody can notice
 * - `effect`: the function changed or drew something outside of it
 * - `not-tensors`: an argument or a result is not a tensor, or a loop's state changes its shape
 * - `no-bucket`: a shape that no bucket or spec fits
 * - `failed-to-compile`: TensorFlow refused the program
 * - `failed-to-run`: TensorFlow stopped in it
 * - `disposed`: a program, or a tensor that it holds, was used after its end
 *
 * @since 0.1.0
 * @category models
 */
export type Reason =
  | "unsupported-kernel"
  | "traced-value-read"
  | "effect"
  | "not-tensors"
  | "no-bucket"
  | "failed-to-compile"
  | "failed-to-run"
  | "disposed"

/**
 * A function that could not be traced, compiled or run.
 *
 * @since 0.1.0
 * @category errors
 */
export class CompileError extends ExplainedError<Reason> {
  readonly _tag = "CompileError"
}

const OWN = /[\\/]@tensorflow[\\/]|[\\/]compile[\\/](?:src|dist)[\\/]|node:internal|<anonymous>/

/**
 * The first line of the stack that is neither TensorFlow.js, this package nor JavaScript's own: where the user's code is.
 *
 * @internal
 */
export const callSite = (): string => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  const lines = new Error().stack?.split("\n").slice(1) ?? []
  Error.stackTraceLimit = limit
  return lines.find((line) => !OWN.test(line))?.trim() ?? "an unknown place"
}
