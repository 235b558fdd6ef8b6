/**
 * A completion as objectives see it: numbers, one per token, in nats where they are log-probabilities.
 *
 * @since 0.1.0
 */
import { ObjectiveError } from "./ObjectiveError.ts"

/**
 * What is known of a completion of `T` tokens before the policy that is trained has looked at it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ObjectiveRow {
  /** One for the completion, or one per token, `[T]`. */
  readonly advantage: number | ArrayLike<number>
  /**
   * Under the policy that sampled, as the trainer computes them, `[T]`. Without them the policy that is trained counts as
   * the one that sampled: every ratio is 1, and has a gradient.
   */
  readonly oldLogprobs?: ArrayLike<number>
  /** Under the policy not to drift away from, `[T]`. */
  readonly referenceLogprobs?: ArrayLike<number>
  /** As another sampler than the trainer reported them, `[T]`; `NaN` where it reported none. */
  readonly samplerLogprobs?: ArrayLike<number>
  /** 1 where the policy wrote the token, 0 where a tool did, `[T]`; all 1 if absent. */
  readonly mask?: ArrayLike<number>
  /** Whether the completion was cut off before its end; see `Truncation`. */
  readonly truncated?: boolean
  /** 1 where the policy was most uncertain, `[T]`; see `TopEntropy`. */
  readonly highEntropy?: ArrayLike<number>
}

/**
 * A row whose number of tokens is known.
 *
 * @since 0.1.0
 * @category models
 */
export type SizedRow = ObjectiveRow &
  ({ readonly logprobs: ArrayLike<number> } | { readonly completion: ArrayLike<number> })

/**
 * A row that the policy that is trained has looked at.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScoredRow extends ObjectiveRow {
  /** Under the policy that is trained, `[T]`. */
  readonly logprobs: ArrayLike<number>
  /** Of its next-token distributions, in nats, `[T]`. */
  readonly entropies?: ArrayLike<number>
}

/**
 * `T`
 *
 * @since 0.1.0
 * @category measurements
 */
export const size = (row: SizedRow): number => ("logprobs" in row ? row.logprobs : row.completion).length

const PER_TOKEN = ["advantage", "oldLogprobs", "referenceLogprobs", "samplerLogprobs", "mask", "highEntropy"] as const

/**
 * Numbers per token are one per token.
 *
 * @throws {ObjectiveError} `wrong-length`
 * @since 0.1.0
 * @category assertions
 */
export const check = (row: SizedRow): void => {
  const tokens = size(row)
  for (const name of PER_TOKEN) {
    const values = row[name]
    if (values === undefined || typeof values === "number" || values.length === tokens) continue
    throw new ObjectiveError({
      reason: "wrong-length",
      at: `${name} of a row`,
      expected: `one number per token, ${tokens}`,
      found: String(values.length),
      fix: "Cut or fill it together with the completion.",
    })
  }
}

/**
 * 1 where the objective trains on a token, `[T]`: what the policy wrote, of a completion that was not cut off if such are
 * left out.
 *
 * @since 0.1.0
 * @category conversions
 */
export const lossMask = (objective: { readonly maskTruncated: boolean }, row: SizedRow): Float64Array => {
  const mask = new Float64Array(size(row))
  if (objective.maskTruncated && row.truncated === true) return mask
  if (row.mask === undefined) return mask.fill(1)
  for (let t = 0; t < mask.length; t++) mask[t] = row.mask[t]! > 0 ? 1 : 0
  return mask
}

/**
 * 1 where the entropy bonus acts, `[T]`: on tokens that are trained on, of the highest entropy if those are chosen.
 *
 * @since 0.1.0
 * @category conversions
 */
export const entropyMask = (
  objective: { readonly maskTruncated: boolean; readonly topEntropy: number },
  row: SizedRow,
): Float64Array => {
  const mask = lossMask(objective, row)
  return objective.topEntropy < 1 ? mask.map((here, t) => here * (row.highEntropy?.[t] ?? 0)) : mask
}
