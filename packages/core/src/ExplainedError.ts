/**
 * The shape of every failure in seed-grpo: a tag to catch it by, a reason from a closed set, what was expected, what was
 * found, and what to do about it.
 *
 * It is a plain `Error` with a `_tag`, so that pure functions can throw it without importing Effect, and
 * `Effect.catchTag` still recognises it.
 *
 * @since 0.1.0
 */

/**
 * What an {@link ExplainedError} is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Explanation<Reason extends string> {
  /** Which of the closed set of reasons this is. */
  readonly reason: Reason
  /** What went wrong and where, without a trailing full stop: `"model.safetensors: header length"`. */
  readonly at: string
  readonly expected: string
  readonly found: string
  /** What the reader can do now, as a sentence. */
  readonly fix: string
  readonly cause?: unknown
}

/**
 * Base class of the tagged errors of every package.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ExplainedError } from "@seed-grpo/core"
 *
 * class TeapotError extends ExplainedError.ExplainedError<"not-coffee"> {
 *   readonly _tag = "TeapotError"
 * }
 * const error = new TeapotError({
 *   reason: "not-coffee",
 *   at: "the pot",
 *   expected: "coffee",
 *   found: "tea",
 *   fix: "Use another pot."
 * })
 * assert.equal(error.message, "the pot: expected coffee, found tea. Use another pot.")
 * ```
 *
 * @since 0.1.0
 * @category errors
 */
export abstract class ExplainedError<Reason extends string> extends Error {
  abstract readonly _tag: string
  readonly reason: Reason
  readonly at: string
  readonly expected: string
  readonly found: string
  readonly fix: string

  constructor(explanation: Explanation<Reason>) {
    super(
      `${explanation.at}: expected ${explanation.expected}, found ${explanation.found}. ${explanation.fix}`,
      explanation.cause === undefined ? undefined : { cause: explanation.cause },
    )
    this.reason = explanation.reason
    this.at = explanation.at
    this.expected = explanation.expected
    this.found = explanation.found
    this.fix = explanation.fix
  }

  override get name(): string {
    return this._tag
  }
}
