import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/** A command that was called in a way that cannot work, or met something that stops it. */
export class UsageError extends ExplainedError<
  "missing-option" | "unknown-name" | "unreadable-input" | "command-failed"
> {
  readonly _tag = "UsageError"
}
