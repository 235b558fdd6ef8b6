/**
 * What the released SEED-GRPO code does with a group, whole, so that a run of it can be reproduced.
 *
 * @since 0.1.0
 */
import { byKey } from "@seed-grpo/core/Clustering"
import { EntropyError } from "./EntropyError.ts"
import { likelihoodWeighted } from "./SemanticEntropy.ts"
import { apply } from "./Unreadable.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface ReleasedGroup {
  /** Extracted answers, `[n]`; nothing where none was found. */
  readonly answers: ReadonlyArray<string | undefined>
  /** Sum of the token log-probabilities of each response, `[n]`, in nats. */
  readonly sumLogprobs: ReadonlyArray<number>
  /** Tokens of each response, `[n]`. */
  readonly lengths: ReadonlyArray<number>
  /** The nominal `G`, where responses were left out. Default `n`. */
  readonly groupSize?: number
  /** Default 0.0417. */
  readonly alpha?: number
}

/**
 * Clusters are equal texts, trimmed; a response without an answer is a cluster of its own; a cluster's mass is the share
 * of its members' likelihoods per token; `SE` is the entropy of the masses; and the advantages of the group are scaled by
 * `s = 1 / (1 + α SE / ln G)`. With `G = 8`, `α / ln G` is 0.0201: the paper's "α = 0.02".
 *
 * The scale of a group with any signal lies between 0.960 and 0.993 at `G = 8`. This is the whole dose.
 *
 * @throws EntropyError when lengths differ or are no whole numbers from 1, `alpha` is negative, or the log-probabilities
 * are not at most 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ReleasedRule } from "@seed-grpo/entropy"
 *
 * const { entropy, scale } = ReleasedRule.released({
 *   answers: ["3", " 3", undefined],
 *   sumLogprobs: [-1, -2, -3],
 *   lengths: [1, 1, 1],
 *   groupSize: 4
 * })
 * assert.equal(entropy.toFixed(9), "0.302608553")
 * assert.equal(scale.toFixed(9), "0.990979585")
 * ```
 *
 * @since 0.1.0
 * @category rules
 */
export const released = (group: ReleasedGroup): { readonly entropy: number; readonly scale: number } => {
  const { alpha = 0.0417, answers, groupSize = answers.length, lengths, sumLogprobs } = group
  if (lengths.length !== answers.length) {
    throw EntropyError.badValue("lengths", `${answers.length}, one a response`, lengths.length)
  }
  if (!(alpha >= 0 && Number.isFinite(alpha))) throw EntropyError.badValue("alpha", "a number of at least 0", alpha)
  if (!(groupSize >= answers.length)) {
    throw EntropyError.badValue("the group size", `at least the ${answers.length} responses given`, groupSize)
  }
  const bad = lengths.find((length) => !(Number.isInteger(length) && length > 0))
  if (bad !== undefined) throw EntropyError.badValue("a length", "a whole number of tokens from 1", bad)
  const texts = answers.map((answer) => answer?.trim() || undefined)
  const known = byKey(texts.filter((text) => text !== undefined))
  let next = 0
  const clusterIds = apply(
    texts.map((text) => (text === undefined ? undefined : known[next++])),
    "own-cluster",
  ) as ReadonlyArray<number>
  const entropy = likelihoodWeighted(
    clusterIds,
    sumLogprobs.map((logprob, index) => logprob / (lengths[index] ?? 1)),
  )
  return { entropy, scale: groupSize < 2 ? 1 : 1 / (1 + (alpha * entropy) / Math.log(groupSize)) }
}
