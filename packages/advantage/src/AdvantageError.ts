/**
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * Rewards, weights, options or a modulation from which no advantages can be made.
 *
 * @since 0.1.0
 * @category errors
 */
export class AdvantageError extends ExplainedError<
  "bad-reward" | "bad-weights" | "bad-scale" | "bad-option" | "other-lengths"
> {
  readonly _tag = "AdvantageError"

  static badReward(found: number): AdvantageError {
    return new AdvantageError({
      reason: "bad-reward",
      at: "a reward",
      expected: "a number of at most 1e150 either way, or nothing when it could not be determined",
      found: String(found),
      fix: "Limit what the reward function gives.",
    })
  }

  static badWeights(rewardFunctions: number, weights: ReadonlyArray<number>): AdvantageError {
    return new AdvantageError({
      reason: "bad-weights",
      at: "weights of reward functions",
      expected: `${rewardFunctions} finite numbers, one for each reward function`,
      found: `[${weights.join(", ")}]`,
      fix: "Give one for each, the task's own first.",
    })
  }

  static badScale(found: number): AdvantageError {
    return new AdvantageError({
      reason: "bad-scale",
      at: "the modulation",
      expected: "a finite scale of at least 0",
      found: String(found),
      fix: "Correct the modulation: a negative scale would reward what is wrong.",
    })
  }

  static badOption(at: string, expected: string, found: unknown): AdvantageError {
    return new AdvantageError({ reason: "bad-option", at, expected, found: String(found), fix: "Change the option." })
  }

  static otherLengths(at: string, expected: number, found: number): AdvantageError {
    return new AdvantageError({
      reason: "other-lengths",
      at,
      expected: `${expected} numbers`,
      found: String(found),
      fix: "Give one for each, in the same order.",
    })
  }
}
