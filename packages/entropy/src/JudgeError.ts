/**
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * Why a judge gave no verdicts at all. A single pair that cannot be decided is no error: it is `undecided`.
 *
 * `threw`: a comparison threw. `bad-model`: the files of a model cannot be used. `unreachable`: a server did not answer,
 * after all retries. `refused`: a server said no. `malformed`: what came back is no answer to what was asked.
 *
 * @since 0.1.0
 * @category errors
 */
export class JudgeError extends ExplainedError<"threw" | "bad-model" | "unreachable" | "refused" | "malformed"> {
  readonly _tag = "JudgeError"
}
