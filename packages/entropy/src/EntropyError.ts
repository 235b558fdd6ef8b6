/**
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * Input that has no semantic entropy.
 *
 * @since 0.1.0
 * @category errors
 */
export class EntropyError extends ExplainedError<"empty-group" | "bad-value" | "comparison-threw"> {
  readonly _tag = "EntropyError"

  static emptyGroup(): EntropyError {
    return new EntropyError({
      reason: "empty-group",
      at: "group of answers",
      expected: "at least one answer",
      found: "none",
      fix: "Leave empty groups out before scoring.",
    })
  }

  static comparisonThrew(name: string, cause: unknown): EntropyError {
    return new EntropyError({
      reason: "comparison-threw",
      at: `the equivalence "${name}"`,
      expected: "a verdict",
      found: String(cause),
      fix: "Mend the comparison; it may say undecided.",
      cause,
    })
  }

  static badValue(at: string, expected: string, found: unknown): EntropyError {
    return new EntropyError({ reason: "bad-value", at, expected, found: String(found), fix: "Check what produced it." })
  }
}
