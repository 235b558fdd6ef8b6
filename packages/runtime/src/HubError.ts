/**
 * Why a model could not be had from a hub.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * @since 0.1.0
 * @category errors
 */
export class HubError extends ExplainedError<
  | "bad-reference"
  | "not-found"
  | "forbidden"
  | "offline"
  | "unreachable"
  | "bad-answer"
  | "unsafe-name"
  | "no-safetensors"
  | "wrong-hash"
  | "not-writable"
> {
  readonly _tag = "HubError"
}
