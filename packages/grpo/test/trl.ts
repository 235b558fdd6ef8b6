/** TRL's options and inputs in our terms, and its metrics under our names. */
import {
  Aggregation,
  Bnpo,
  Cispo,
  Dapo,
  DrGrpo,
  Grpo,
  Luspo,
  type Metrics,
  type Objective,
  type ObjectiveRow,
  Sapo,
  type SamplerMismatch,
  TopEntropy,
  Vespo,
} from "@seed-grpo/grpo"

export type Matrix = ReadonlyArray<ReadonlyArray<number>>

export interface TrlOptions {
  readonly loss_type: "grpo" | "bnpo" | "dr_grpo" | "dapo" | "cispo" | "sapo" | "vespo" | "luspo"
  readonly beta: number
  readonly epsilon: number
  readonly epsilon_high: number | null
  readonly delta: number | null
  readonly importance_sampling_level: "token" | "sequence"
  readonly use_bias_correction_kl: boolean
  readonly old_logps: "given" | "absent"
  readonly use_vllm: boolean
  readonly vllm_importance_sampling_mode: `${"token" | "sequence"}_${"truncate" | "mask"}` | null
  readonly vllm_importance_sampling_clip_min: number | null
  readonly vllm_importance_sampling_clip_max: number | null
  readonly off_policy_mask_threshold: number | null
  readonly top_entropy_quantile: number
  readonly entropy_coef: number
  readonly sapo_temperature_neg: number
  readonly sapo_temperature_pos: number
  readonly vespo_k_pos: number
  readonly vespo_lambda_pos: number
  readonly vespo_k_neg: number
  readonly vespo_lambda_neg: number
  readonly tool_mask: boolean
  readonly mask_truncated: boolean
  readonly zero_all: boolean
  readonly train: boolean
  readonly grad_accum: number
  readonly steps_per_generation: number
}

export interface TrlInputs {
  readonly per_token_logps: Matrix
  readonly old_per_token_logps: Matrix
  readonly ref_per_token_logps: Matrix
  readonly sampling_per_token_logps: Matrix
  readonly entropies: Matrix
  /** One per completion, or one per token. */
  readonly advantages: ReadonlyArray<number> | Matrix
  readonly completion_mask: Matrix
  readonly completion_mask_truncated_rows_zeroed: Matrix
  readonly tool_mask: Matrix
}

export const mismatchOf = (
  mode: NonNullable<TrlOptions["vllm_importance_sampling_mode"]>,
  min: number | null,
  max: number | null,
): SamplerMismatch.MismatchOptions => {
  const [level, rule] = mode.split("_") as ["token" | "sequence", "truncate" | "mask"]
  return { level, rule, min: min ?? 0, max: max ?? Infinity }
}

const commonOf = (o: TrlOptions): Objective.ObjectiveOptions => ({
  level: o.importance_sampling_level,
  kl: { coefficient: o.beta, estimator: "k3", corrected: o.use_bias_correction_kl },
  ...(o.off_policy_mask_threshold === null ? {} : { offPolicyThreshold: o.off_policy_mask_threshold }),
  ...(o.use_vllm
    ? {
        mismatch: mismatchOf(
          o.vllm_importance_sampling_mode!,
          o.vllm_importance_sampling_clip_min,
          o.vllm_importance_sampling_clip_max,
        ),
      }
    : {}),
  topEntropy: o.top_entropy_quantile,
  entropyBonus: o.entropy_coef,
  maskTruncated: o.mask_truncated,
})

export const objectiveOf = (o: TrlOptions, maxTokens: number): Objective.Objective => {
  const common = commonOf(o)
  const clip = {
    low: o.epsilon,
    high: o.epsilon_high ?? o.epsilon,
    ...(o.delta === null ? {} : { delta: o.delta }),
  }
  switch (o.loss_type) {
    case "grpo":
      return Grpo.grpo({ clip, ...common })
    case "bnpo":
      return Bnpo.bnpo({ clip, ...common })
    case "dr_grpo":
      return DrGrpo.drGrpo({ clip, maxTokens, ...common })
    case "dapo":
      return Dapo.dapo({ clip, ...common })
    case "cispo":
      return Cispo.cispo({ cap: o.epsilon_high ?? o.epsilon, ...common })
    case "sapo":
      return Sapo.sapo({
        positiveTemperature: o.sapo_temperature_pos,
        negativeTemperature: o.sapo_temperature_neg,
        ...common,
      })
    case "vespo":
      return Vespo.vespo({
        positive: { k: o.vespo_k_pos, lambda: o.vespo_lambda_pos },
        negative: { k: o.vespo_k_neg, lambda: o.vespo_lambda_neg },
        ...common,
      })
    case "luspo":
      return Luspo.luspo({ clip, ...common })
  }
}

/** TRL keeps what the sampler reported in float32. */
const reported = (logprobs: ReadonlyArray<number>) => logprobs.map(Math.fround)

export const rowsOf = (
  objective: Objective.Objective,
  o: TrlOptions,
  inputs: TrlInputs,
): ReadonlyArray<ObjectiveRow.ScoredRow> => {
  const rows = inputs.per_token_logps.map((logprobs, i) => ({
    logprobs,
    ...(o.old_logps === "given" || o.use_vllm ? { oldLogprobs: inputs.old_per_token_logps[i]! } : {}),
    ...(o.use_vllm ? { samplerLogprobs: reported(inputs.sampling_per_token_logps[i]!) } : {}),
    referenceLogprobs: inputs.ref_per_token_logps[i]!,
    entropies: inputs.entropies[i]!,
    advantage: inputs.advantages[i]!,
    mask: inputs.completion_mask[i]!.map((here, t) =>
      o.zero_all ? 0 : here * (o.tool_mask ? inputs.tool_mask[i]![t]! : 1),
    ),
    truncated: inputs.completion_mask_truncated_rows_zeroed[i]!.every((here) => here === 0),
  }))
  return objective.topEntropy < 1 ? TopEntropy.marked(objective, rows, inputs.entropies) : rows
}

/**
 * What TRL divides by: the rows of a micro-batch, truncated ones included, and its own tokens, times the number of
 * micro-batches; for some losses the tokens of the generation batch.
 */
export const totalsOf = (
  objective: Objective.Objective,
  o: TrlOptions,
  rows: ReadonlyArray<ObjectiveRow.ScoredRow>,
  generated: number | undefined,
): Aggregation.Totals => {
  const { entropyTokens, tokens } = Aggregation.totals(objective, rows)
  const parts = o.train ? o.grad_accum : 1
  const global = (generated ?? 0) * (o.train ? o.grad_accum / o.steps_per_generation : 1)
  return {
    rows: rows.length * parts,
    tokens: ["dapo", "cispo", "vespo"].includes(o.loss_type) ? global : tokens * parts,
    entropyTokens: entropyTokens * parts,
  }
}

/** TRL's name of each metric of ours; NaN there, where no row has a token, is 0 here. */
export const metricsOf = (metrics: Metrics.Metrics): { readonly [name: string]: number } => ({
  entropy: metrics.tokenEntropy,
  kl: metrics.klToReference,
  "clip_ratio/low_mean": metrics.clippedLow,
  "clip_ratio/high_mean": metrics.clippedHigh,
  "clip_ratio/region_mean": metrics.clippedLow + metrics.clippedHigh,
  "clip_ratio/low_min": metrics.clippedLowMin,
  "clip_ratio/high_max": metrics.clippedHighMax,
  cispo_clip_ratio: metrics.clippedHigh,
  "vespo/phi_seq_mean": metrics.multipliers["gamma weight"] ?? 0,
})

export const samplerMetricsOf = (metrics: Metrics.SamplerMetrics): { readonly [name: string]: number } => ({
  "sampling/sampling_logp_difference/mean": metrics.differenceMean,
  "sampling/sampling_logp_difference/max": metrics.differenceMax,
  "sampling/importance_sampling_ratio/min": metrics.weightMin,
  "sampling/importance_sampling_ratio/mean": metrics.weightMean,
  "sampling/importance_sampling_ratio/max": metrics.weightMax,
})
