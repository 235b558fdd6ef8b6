/**
 * What is minimised, as an option of a run.
 *
 * @since 0.1.0
 */
import {
  Bnpo,
  Cispo,
  Dapo,
  DrGrpo,
  Grpo,
  Luspo,
  type Objective,
  Ratio,
  Sapo,
  type Surrogate,
  Vespo,
} from "@seed-grpo/grpo"
import { Schema } from "effect"
import { byKind, nonNegative, positive, share, withDefault } from "./internal/fields.ts"
import { KlConfig } from "./ReferenceConfig.ts"

/** What every method can have. */
const shared = {
  /** Importance ratios per token, or one per completion: `grpo` with `sequence` is GSPO. Per token, but `luspo`. */
  level: Schema.optionalKey(Schema.Literals(["token", "sequence"])),
  /** Log-ratios are held within this, in nats; `none` for no bound. */
  logRatioBound: withDefault(Schema.Union([positive, Schema.Literal("none")]), Ratio.BOUND),
  /** Completions with a negative advantage that have become less probable by more nats a token are left out. */
  offPolicyThreshold: Schema.optionalKey(Schema.Finite),
  /** The share of tokens to learn from, those of the highest entropy. */
  topEntropy: withDefault(share, 1),
  /** What a nat of mean entropy takes off the loss. */
  entropyBonus: withDefault(Schema.Finite, 0),
  /** Needs a `reference`. */
  kl: Schema.optionalKey(KlConfig),
  /** Completions that were cut off are not trained on, and count in no mean. */
  maskTruncated: withDefault(Schema.Boolean, false),
}

/**
 * What methods with a clipped ratio have besides: the range `[1 − clipLow, 1 + clipHigh]`. Where none is given it is 0.2 on both
 * sides (`dapo`: 0.2 and 0.28), and 3e-4 and 4e-4 where ratios are per completion in `grpo` and `luspo`, as in GSPO's paper.
 */
const clipped = {
  clipLow: Schema.optionalKey(nonNegative),
  clipHigh: Schema.optionalKey(nonNegative),
  /** The ratio is at most this before it is clipped, whatever the sign of the advantage (two-sided clipping). */
  delta: Schema.optionalKey(positive),
  /** The loss of a negative advantage is at most so many times it (dual clipping); above 1. */
  dualClip: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(1))),
}

const onlyOneBound = Schema.makeFilter(({ delta, dualClip }: { delta?: number; dualClip?: number }) =>
  delta === undefined || dualClip === undefined
    ? undefined
    : { path: ["dualClip"], issue: "Expected no dualClip beside delta: both bound the loss of negative advantages" },
)

const shape = (k: number, lambda: number) =>
  withDefault(Schema.Struct({ k: withDefault(Schema.Finite, k), lambda: withDefault(nonNegative, lambda) }), {})

/**
 * The method and its options.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ObjectiveConfig = byKind("dr_grpo", [
  /** Every completion is divided by `sampling.maxTokens`. */
  Schema.Struct({ kind: Schema.Literal("dr_grpo"), ...clipped, ...shared }).check(onlyOneBound),
  /** Every completion is divided by its own length. */
  Schema.Struct({ kind: Schema.Literal("grpo"), ...clipped, ...shared }).check(onlyOneBound),
  Schema.Struct({ kind: Schema.Literal("bnpo"), ...clipped, ...shared }).check(onlyOneBound),
  Schema.Struct({ kind: Schema.Literal("dapo"), ...clipped, ...shared }).check(onlyOneBound),
  Schema.Struct({ kind: Schema.Literal("luspo"), ...clipped, ...shared }).check(onlyOneBound),
  Schema.Struct({
    kind: Schema.Literal("cispo"),
    /** The greatest weight of a token. */
    cap: withDefault(positive, 5),
    ...shared,
  }),
  Schema.Struct({
    kind: Schema.Literal("sapo"),
    /** How fast the gate closes, for positive and for other advantages. */
    positiveTemperature: withDefault(positive, 1),
    negativeTemperature: withDefault(positive, 1.05),
    ...shared,
  }),
  Schema.Struct({
    kind: Schema.Literal("vespo"),
    /** Power and decay of the weight, for advantages of 0 or more and for negative ones. */
    positive: shape(2, 3),
    negative: shape(3, 2),
    ...shared,
  }),
])

/**
 * @since 0.1.0
 * @category models
 */
export type ObjectiveConfig = typeof ObjectiveConfig.Type

type Shared = Pick<ObjectiveConfig, keyof typeof shared>

type Clipped = Extract<ObjectiveConfig, { readonly kind: "dr_grpo" | "grpo" | "bnpo" | "dapo" | "luspo" }>

const optionsOf = ({ logRatioBound, ...config }: Shared): Objective.ObjectiveOptions => ({
  ...(config.level === undefined ? {} : { level: config.level }),
  ...(config.offPolicyThreshold === undefined ? {} : { offPolicyThreshold: config.offPolicyThreshold }),
  ...(config.kl === undefined ? {} : { kl: config.kl }),
  logRatioBound: logRatioBound === "none" ? Infinity : logRatioBound,
  topEntropy: config.topEntropy,
  entropyBonus: config.entropyBonus,
  maskTruncated: config.maskTruncated,
})

const TOKEN = { low: 0.2, high: 0.2 }
const CLIP_HIGHER = { low: 0.2, high: 0.28 }
/** Ratios of whole completions, geometric means, stay this near to 1. */
const SEQUENCE = { low: 3e-4, high: 4e-4 }

const rangeOf = ({ clipHigh, clipLow, delta, dualClip }: Clipped, unless: typeof TOKEN): Surrogate.ClipRange => ({
  low: clipLow ?? unless.low,
  high: clipHigh ?? unless.high,
  ...(delta === undefined ? {} : { delta }),
  ...(dualClip === undefined ? {} : { dual: dualClip }),
})

/**
 * The objective that options stand for.
 *
 * @since 0.1.0
 * @category conversions
 */
export const objective = (config: ObjectiveConfig, sampling: { readonly maxTokens: number }): Objective.Objective => {
  const options = optionsOf(config)
  switch (config.kind) {
    case "dr_grpo":
      return DrGrpo.drGrpo({ ...options, clip: rangeOf(config, TOKEN), maxTokens: sampling.maxTokens })
    case "grpo":
      return Grpo.grpo({ ...options, clip: rangeOf(config, config.level === "sequence" ? SEQUENCE : TOKEN) })
    case "bnpo":
      return Bnpo.bnpo({ ...options, clip: rangeOf(config, TOKEN) })
    case "dapo":
      return Dapo.dapo({ ...options, clip: rangeOf(config, CLIP_HIGHER) })
    case "luspo":
      return Luspo.luspo({ ...options, clip: rangeOf(config, config.level === "token" ? TOKEN : SEQUENCE) })
    case "cispo":
      return Cispo.cispo({ ...options, cap: config.cap })
    case "sapo": {
      const { negativeTemperature, positiveTemperature } = config
      return Sapo.sapo({ ...options, negativeTemperature, positiveTemperature })
    }
    case "vespo":
      return Vespo.vespo({ ...options, positive: config.positive, negative: config.negative })
  }
}
