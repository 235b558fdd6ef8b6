/**
 * How much each token counts in the loss of a batch. A share depends on the completion's own length and on totals of the
 * whole batch only, so the losses of parts add up to that of the whole, whatever the parts are.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import { within } from "./ObjectiveError.ts"
import { entropyMask, lossMask, type SizedRow } from "./ObjectiveRow.ts"

/**
 * What a batch is divided by.
 *
 * @since 0.1.0
 * @category models
 */
export interface Totals {
  /** Completions with at least one token to train on. (TRL counts the others too.) */
  readonly rows: number
  /** Tokens to train on. */
  readonly tokens: number
  /** Those of them that the entropy bonus acts on. */
  readonly entropyTokens: number
}

/**
 * The share of each token of a completion that has `tokens` tokens to train on.
 *
 * @since 0.1.0
 * @category models
 */
export type Aggregation = (tokens: number, totals: Totals) => number

/**
 * The totals of a whole batch. Give them along with each part of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Aggregation, Grpo } from "@seed-grpo/grpo"
 *
 * const rows = [
 *   { advantage: 1, logprobs: [-1, -2, -1] },
 *   { advantage: -1, logprobs: [-1, -3], truncated: true },
 * ]
 * const objective = Grpo.grpo({ clip: { low: 0.2, high: 0.2 }, maskTruncated: true })
 * assert.deepEqual(Aggregation.totals(objective, rows), { rows: 1, tokens: 3, entropyTokens: 3 })
 * ```
 *
 * @since 0.1.0
 * @category measurements
 */
export const totals = (
  objective: { readonly maskTruncated: boolean; readonly topEntropy: number },
  rows: ReadonlyArray<SizedRow>,
): Totals => {
  const tokens = rows.map((row) => sum(lossMask(objective, row)))
  return {
    rows: tokens.filter((count) => count > 0).length,
    tokens: sum(tokens),
    entropyTokens: sum(rows.map((row) => sum(entropyMask(objective, row)))),
  }
}

/** Of nothing nothing is taken, whatever its share. */
const inverse = (count: number) => (count > 0 ? 1 / count : 0)

/**
 * `(1 / B) Σᵢ (1 / |oᵢ|) Σₜ`: every completion counts the same.
 *
 * @since 0.1.0
 * @category aggregations
 */
export const perCompletion: Aggregation = (tokens, { rows }) => inverse(tokens) * inverse(rows)

/**
 * `(1 / Σᵢ |oᵢ|) Σᵢ Σₜ`: every token counts the same, and so does every batch.
 *
 * @since 0.1.0
 * @category aggregations
 */
export const perToken: Aggregation = (_, { tokens }) => inverse(tokens)

/**
 * `(1 / B) Σᵢ Σₜ`: every token counts the same, and long completions the more.
 *
 * @since 0.1.0
 * @category aggregations
 */
export const summed: Aggregation = (_, { rows }) => inverse(rows)

/**
 * `(1 / B) Σᵢ (1 / L) Σₜ` with a constant `L`, in tokens.
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category aggregations
 */
export const constantLength = (length: number): Aggregation => {
  within("maxTokens", length, "a positive number", (value) => value > 0 && value < Infinity)
  return (_, { rows }) => inverse(rows * length)
}
