/**
 * The score-function form of a policy gradient (Williams, 1992): what is multiplied with it acts on the gradient as it
 * stands.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { TokenLoss } from "./TokenLoss.ts"

/**
 * `−A ln π` per token.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { LogLikelihood } from "@seed-grpo/grpo"
 *
 * assert.deepEqual(LogLikelihood.logLikelihood.ofToken(1.3, -2, 0.5), { value: 1, byRatio: 0, byLogprob: -0.5 })
 * ```
 *
 * @since 0.1.0
 * @category token losses
 */
export const logLikelihood: TokenLoss = {
  ofToken: (_, logprob, advantage) => ({ value: -advantage * logprob, byRatio: 0, byLogprob: -advantage }),
  ofTensors: (_, logprobs, advantages) => tf.mul(tf.neg(advantages), logprobs),
}
