/**
 * A reward function of length: DAPO's soft punishment of overlong completions (arXiv 2503.14476, Eq. 13).
 *
 * @since 0.1.0
 */
import { AdvantageError } from "./AdvantageError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface OverlongOptions {
  /** `L_max`: a longer completion has the whole punishment. */
  readonly maxTokens: number
  /** `L_cache`: over how many tokens before that it sets in; 0 for all at once. */
  readonly buffer: number
}

/**
 * From the number of tokens `L` to 0 when `L ≤ L_max − L_cache`, `((L_max − L_cache) − L) / L_cache` up to `L_max`, and −1
 * beyond. To be added to the reward of the task.
 *
 * @throws AdvantageError when the buffer is not a whole number from 0 to `maxTokens`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { OverlongPenalty } from "@seed-grpo/advantage"
 *
 * const penalty = OverlongPenalty.overlongPenalty({ maxTokens: 100, buffer: 20 })
 * assert.deepEqual([80, 90, 100, 101].map(penalty), [0, -0.5, -1, -1])
 * ```
 *
 * @since 0.1.0
 * @category shaping
 */
export const overlongPenalty = ({ buffer, maxTokens }: OverlongOptions): ((tokens: number) => number) => {
  if (!Number.isSafeInteger(buffer) || buffer < 0 || !(buffer <= maxTokens)) {
    throw AdvantageError.badOption("buffer of the overlong penalty", `a whole number from 0 to ${maxTokens}`, buffer)
  }
  const free = maxTokens - buffer
  return (tokens) => {
    if (tokens <= free) return 0
    return tokens <= maxTokens ? (free - tokens) / buffer : -1
  }
}
