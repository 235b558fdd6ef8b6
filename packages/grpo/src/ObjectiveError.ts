/**
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * An objective that cannot be meant, or rows that lack what it needs.
 *
 * `bad-option`: a number outside of its range. `conflicting-options`: options that exclude each other. `missing-input`: a
 * row lacks numbers that the objective needs. `wrong-length`: numbers per token that are not one per token.
 *
 * @since 0.1.0
 * @category errors
 */
export class ObjectiveError extends ExplainedError<
  "bad-option" | "conflicting-options" | "missing-input" | "wrong-length"
> {
  readonly _tag = "ObjectiveError"

  static missing(what: string, at: string, fix: string): ObjectiveError {
    return new ObjectiveError({ reason: "missing-input", at, expected: what, found: "none", fix })
  }
}

/**
 * A number within bounds, `undefined` allowed.
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category assertions
 */
export const within = (at: string, value: number | undefined, expected: string, holds: (value: number) => boolean) => {
  if (value === undefined || holds(value)) return
  throw new ObjectiveError({
    reason: "bad-option",
    at,
    expected,
    found: String(value),
    fix: "The table of objectives in the README of @seed-grpo/grpo says what each option means.",
  })
}
