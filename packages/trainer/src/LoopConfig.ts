/**
 * Options of the loop around the steps: which problems and groups, when to look, what to keep, when to stop.
 *
 * @since 0.1.0
 */
import { Schema } from "effect"
import { nonNegative, positive, positiveInteger, share, withDefault } from "./internal/fields.ts"

/**
 * Problems that the policy is unsure of come back sooner.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CurriculumConfig = Schema.Struct({
  /** Share of every draw that comes from the epochs, whatever is known of problems. */
  floor: withDefault(share.check(Schema.isGreaterThan(0)), 0.25),
  /** How much semantic entropy counts beside the variance of the reward. */
  entropyShare: withDefault(share, 0.5),
})

/**
 * Groups without a signal are replaced by groups of further problems.
 *
 * @since 0.1.0
 * @category schemas
 */
export const DynamicSamplingConfig = Schema.Struct({
  /** How often is sampled for one step, at most; then it goes on with what it has. */
  maxRounds: withDefault(positiveInteger, 8),
  /** What must differ within a group: the verdicts, or the weighted sums of all rewards. */
  by: withDefault(Schema.Literals(["verdict", "total"]), "verdict"),
})

/**
 * When and how held-out problems are looked at.
 *
 * @since 0.1.0
 * @category schemas
 */
export const EvaluationConfig = Schema.Struct({
  /** Steps between evaluations on held-out problems. */
  every: withDefault(positiveInteger, 20),
  /** At most so many of them. */
  problems: withDefault(positiveInteger, 250),
  /** Completions per problem; several need a temperature. */
  samples: withDefault(positiveInteger, 1),
  temperature: withDefault(nonNegative, 0),
  topP: withDefault(positive.check(Schema.isLessThanOrEqualTo(1)), 1),
  /** As in training unless given. */
  maxTokens: Schema.optionalKey(positiveInteger),
  /** The run ends after so many evaluations in a row without an improvement. */
  patience: Schema.optionalKey(positiveInteger),
  /** What is not more than this above the best so far is no improvement. */
  minDelta: withDefault(nonNegative, 0),
})

/**
 * What is kept on the disk.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CheckpointConfig = Schema.Struct({
  every: withDefault(positiveInteger, 20),
  /** How many of the newest are kept. */
  keep: withDefault(positiveInteger, 2),
  /** The best by this metric of the evaluations is kept too, and `evaluation.patience` goes by it. */
  best: Schema.optionalKey(Schema.Literals(["accuracy", "passAtSamples"])),
})

/** What is looked at by {@link checkLoop}. */
interface LoopOptions {
  readonly data: { readonly kind: string; readonly heldOut?: unknown }
  readonly evaluation: typeof EvaluationConfig.Type
  readonly checkpoint: typeof CheckpointConfig.Type
}

/**
 * What fits together: an option that nothing would read is refused.
 *
 * @since 0.1.0
 * @category checks
 */
export const checkLoop = ({
  checkpoint,
  data,
  evaluation,
}: LoopOptions): { readonly path: ReadonlyArray<string>; readonly issue: string } | undefined => {
  const { minDelta, patience, samples, temperature, topP } = evaluation
  if (temperature === 0 && samples > 1) {
    return {
      path: ["evaluation", "samples"],
      issue: "Expected 1 at temperature 0: greedy completions are all the same",
    }
  }
  if (temperature === 0 && topP < 1) {
    return { path: ["evaluation", "topP"], issue: "Expected 1 at temperature 0: only one token is possible anyway" }
  }
  if (checkpoint.best === "passAtSamples" && samples === 1) {
    return { path: ["checkpoint", "best"], issue: "Expected accuracy, or evaluation.samples above 1" }
  }
  if (minDelta > 0 && patience === undefined) {
    return { path: ["evaluation", "minDelta"], issue: "Expected evaluation.patience beside it" }
  }
  const watches =
    patience === undefined ? (checkpoint.best === undefined ? undefined : "checkpoint.best") : "evaluation.patience"
  return watches !== undefined && data.kind === "files" && data.heldOut === undefined
    ? { path: ["data", "heldOut"], issue: `Expected held-out problems: ${watches} goes by evaluations on them` }
    : undefined
}
