/**
 * @since 0.1.0
 */
import { ExplainedError, type Explanation } from "@seed-grpo/core/ExplainedError"
import type { Choice } from "./ChatModel.ts"

/**
 * `bad-setting`: the request cannot be made; nothing was sent. `unreachable`: no answer, or one that broke off.
 * `overloaded`: the server asked to come back later (HTTP 408, 429, 5xx). `refused`: the server said no, in the words of
 * `found`. `malformed`: an answer, but no chat completion. `too-large`: more bytes than allowed. `too-few`: fewer choices
 * than asked for.
 *
 * @since 0.1.0
 * @category models
 */
export type ChatModelReason =
  | "bad-setting"
  | "unreachable"
  | "overloaded"
  | "refused"
  | "malformed"
  | "too-large"
  | "too-few"

/**
 * A chat model that did not give what it was asked for, after all retries. It never holds the API key, nor the request.
 *
 * @since 0.1.0
 * @category errors
 */
export class ChatModelError extends ExplainedError<ChatModelReason> {
  readonly _tag = "ChatModelError"
  /** The status that the server answered with, where there was one that was not a success. */
  readonly status: number | undefined
  /** What had come before the failure: paid for, and not lost. */
  readonly choices: ReadonlyArray<Choice>

  constructor({
    choices = [],
    status,
    ...explanation
  }: Explanation<ChatModelReason> & {
    readonly status?: number | undefined
    readonly choices?: ReadonlyArray<Choice>
  }) {
    super(explanation)
    this.status = status
    this.choices = choices
  }

  /** The same failure, with what had come before it. */
  after(choices: ReadonlyArray<Choice>): ChatModelError {
    return new ChatModelError({
      reason: this.reason,
      at: this.at,
      expected: this.expected,
      found: this.found,
      fix: this.fix,
      cause: this.cause,
      status: this.status,
      choices: [...choices, ...this.choices],
    })
  }
}
