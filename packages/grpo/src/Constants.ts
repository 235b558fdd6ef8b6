/**
 * What an objective needs of a batch besides the policy that is trained: constant during an optimizer step, so computed
 * beforehand on plain numbers.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import * as tf from "@tensorflow/tfjs-core"
import type { Totals } from "./Aggregation.ts"
import type * as Multiplier from "./Multiplier.ts"
import type { Objective } from "./Objective.ts"
import { ObjectiveError } from "./ObjectiveError.ts"
import { check as lengths, entropyMask, lossMask, type SizedRow } from "./ObjectiveRow.ts"
import { weights } from "./SamplerMismatch.ts"

/**
 * Of a micro-batch, `[B, T]`; only what the objective reads is there.
 *
 * @since 0.1.0
 * @category models
 */
export type Tensors = Multiplier.Constants<tf.Tensor> & { readonly [name: string]: tf.Tensor }

/**
 * A row has what an objective cannot do without, one number per token.
 *
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category assertions
 */
export const check = (objective: Objective, row: SizedRow): void => {
  lengths(row)
  if (objective.kl !== undefined && row.referenceLogprobs === undefined) {
    throw ObjectiveError.missing(
      "referenceLogprobs of every row, for the KL term",
      `objective ${objective.name}`,
      "Score the rows with the reference policy (PolicyScores), or leave kl out.",
    )
  }
  if (objective.mismatch !== undefined && (row.samplerLogprobs === undefined || row.oldLogprobs === undefined)) {
    throw ObjectiveError.missing(
      "oldLogprobs and samplerLogprobs of every row, for the mismatch correction",
      `objective ${objective.name}`,
      "Keep the sampler's log-probabilities and score the rows with the policy before its first update, or leave mismatch out.",
    )
  }
  if (objective.topEntropy < 1 && row.highEntropy === undefined) {
    throw ObjectiveError.missing(
      "highEntropy of every row, for topEntropy",
      `objective ${objective.name}`,
      "Mark the rows of the whole batch with TopEntropy.marked.",
    )
  }
}

/**
 * The values at tokens of a mask, 0 at the others, `[T]`.
 *
 * @since 0.1.0
 * @category conversions
 */
export const where = (mask: Float64Array, values: ArrayLike<number>): Float64Array => {
  const out = new Float64Array(mask.length)
  for (let t = 0; t < mask.length; t++) if (mask[t]! > 0) out[t] = values[t]!
  return out
}

/**
 * Of one completion, `[T]` each, as part of a batch with these totals. Numbers at masked tokens are not looked at.
 *
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category constructors
 */
export const ofRow = (objective: Objective, row: SizedRow, totals: Totals): Multiplier.Constants<Float64Array> => {
  check(objective, row)
  const mask = lossMask(objective, row)
  const { advantage, oldLogprobs, referenceLogprobs, samplerLogprobs } = row
  const present = (values: ArrayLike<number>) => where(mask, values)
  const share = objective.aggregation(sum(mask), totals)
  const reads = (name: keyof Multiplier.Constants<unknown>) =>
    objective.multipliers.some((one) => one.reads.includes(name))
  const written = reads("written") ? (samplerLogprobs ?? oldLogprobs) : undefined
  return {
    mask,
    advantages: typeof advantage === "number" ? new Float64Array(mask.length).fill(advantage) : present(advantage),
    shares: mask.map((here) => here * share),
    ...(oldLogprobs === undefined ? {} : { oldLogprobs: present(oldLogprobs) }),
    ...(objective.kl === undefined ? {} : { referenceLogprobs: present(referenceLogprobs!) }),
    ...(written === undefined
      ? {}
      : {
          writtenLogprobs: present(written).map((logprob) => (Number.isNaN(logprob) ? 0 : logprob)),
          written: mask.map((here, t) => (Number.isNaN(written[t]!) ? 0 : here)),
        }),
    ...(objective.mismatch === undefined
      ? {}
      : { samplerWeights: weights(objective.mismatch, oldLogprobs!, samplerLogprobs!, mask) }),
    ...(objective.topEntropy < 1 ? { highEntropy: present(row.highEntropy!) } : {}),
    ...(objective.entropyBonus === 0
      ? {}
      : {
          entropyShares: entropyMask(objective, row).map((here) =>
            totals.entropyTokens > 0 ? here / totals.entropyTokens : 0,
          ),
        }),
  }
}

/**
 * Rows of numbers as one tensor, `[rows, columns]`, filled up.
 *
 * @since 0.1.0
 * @category conversions
 */
export const scatter = (
  values: ReadonlyArray<ArrayLike<number>>,
  rows: number,
  columns: number,
  fill = 0,
): tf.Tensor2D => {
  const all = new Float32Array(rows * columns).fill(fill)
  for (const [index, row] of values.entries()) all.set(row, index * columns)
  return tf.tensor2d(all, [rows, columns])
}

/**
 * Of a micro-batch, filled up to `size`; what is added trains on nothing. The caller owns the tensors.
 *
 * @throws {ObjectiveError} `missing-input`, `wrong-length`
 * @since 0.1.0
 * @category constructors
 */
export const ofRows = (
  objective: Objective,
  rows: ReadonlyArray<SizedRow>,
  totals: Totals,
  size: { readonly rows: number; readonly columns: number },
): Tensors => {
  const each = rows.map((row) => ofRow(objective, row, totals))
  const perToken = rows.some(({ advantage }) => typeof advantage !== "number")
  const names = new Set<keyof Multiplier.Constants<unknown>>([
    "mask",
    "shares",
    "oldLogprobs",
    "referenceLogprobs",
    "entropyShares",
    ...objective.multipliers.flatMap(({ reads }) => reads),
  ])
  const tensors: { [name: string]: tf.Tensor } = {}
  for (const name of names) {
    const there = each.map((row) => row[name]).filter((values) => values !== undefined)
    if (there.length === 0) continue
    if (there.length < rows.length) {
      throw ObjectiveError.missing(`${name} of every row or of none`, "rows of a micro-batch", "Score all rows alike.")
    }
    tensors[name] = scatter(there, size.rows, size.columns, name === "samplerWeights" ? 1 : 0)
  }
  tensors["advantages"] = perToken
    ? scatter(
        each.map(({ advantages }) => advantages),
        size.rows,
        size.columns,
      )
    : scatter(
        rows.map(({ advantage }) => [advantage as number]),
        size.rows,
        1,
      )
  return tensors as Tensors
}
