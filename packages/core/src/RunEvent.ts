/**
 * What a training run tells the world, as plain data: made by the trainer, read by every view.
 *
 * Everything in a {@link StepRecord} is a function of configuration and seed, so a resumed run repeats it bit for bit.
 * What depends on the machine is in {@link StepTiming}.
 *
 * @since 0.1.0
 */
import type { FinishReason } from "./Completion.ts"

/**
 * What uncertainty did to the groups of a step that were learned from, as counts and shares.
 *
 * @since 0.1.0
 * @category models
 */
export interface ScaleHistogram {
  /** Groups with an advantage that is not 0. */
  readonly mixed: number
  /** Least and greatest scale; 1 when there is none. */
  readonly from: number
  readonly to: number
  /** How many of the groups have a scale in each equal part of `[from, to]`. */
  readonly scales: ReadonlyArray<number>
  /** Shares of `Σ |A|` in equal parts of `[0, 1]` by normalised entropy, before the scaling; all 0 when there is none. */
  readonly before: ReadonlyArray<number>
  /** The same of `Σ |Â|`, after it. */
  readonly after: ReadonlyArray<number>
}

/**
 * What dynamic sampling did in a step: groups without a signal were replaced by groups of further problems.
 *
 * @since 0.1.0
 * @category models
 */
export interface DynamicSamplingRecord {
  /** How often was sampled. */
  readonly rounds: number
  /** Groups sampled, those among them that were dropped for want of a signal, and those still missing when the rounds ran out. */
  readonly sampled: number
  readonly dropped: number
  readonly missing: number
  /** Mean semantic entropy of the groups that were kept; the one of the step is of all that were sampled. */
  readonly keptSemanticEntropy: number
}

/**
 * What a reward function beside the verdict gave in a step.
 *
 * @since 0.1.0
 * @category models
 */
export interface RewardRecord {
  readonly name: string
  /** Over the completions that it could score; 0 when there was none. */
  readonly mean: number
  /** How many completions it could not score, by kind; none of them has a reward of 0. */
  readonly unscorable: Readonly<Record<string, number>>
}

/**
 * One training step in numbers. Entropies are in nats; shares are in `[0, 1]`.
 *
 * @since 0.1.0
 * @category models
 */
export interface StepRecord {
  readonly kind: "step"
  /** Counts from 1. */
  readonly step: number
  /** Mean over completions. */
  readonly reward: number
  /** Mean semantic entropy of the groups. */
  readonly semanticEntropy: number
  /** The same over its maximum `ln G`. */
  readonly normalizedEntropy: number
  /** Mean number of clusters in a group. */
  readonly clusters: number
  /** Shares of groups whose completions are all right, all wrong, or mixed; only mixed ones carry a signal. */
  readonly allRight: number
  readonly allWrong: number
  readonly mixed: number
  /** Share of completions without a readable answer, and of those that ran out of room. */
  readonly unreadable: number
  readonly truncated: number
  /** Mean tokens of a completion. */
  readonly completionTokens: number
  /** Mean, least and greatest factor that uncertainty put on the advantages of mixed groups; 1 when there are none. */
  readonly scaleMean: number
  readonly scaleMin: number
  readonly scaleMax: number
  readonly scaleHistogram: ScaleHistogram
  /** Of the optimizer steps: mean loss, mean gradient norm before clipping, rate of the last. */
  readonly loss: number
  readonly gradientNorm: number
  readonly learningRate: number
  /** Mean probability ratio to the sampling policy; 1 in the first optimizer step after sampling. */
  readonly ratio: number
  readonly clippedLow: number
  readonly clippedHigh: number
  readonly klFromSampler: number
  /**
   * Ratio and KL of the first optimizer step after sampling: 1 and 0 but for rounding, because the policy has not moved
   * yet. Anything else says that sampler and trainer disagree.
   */
  readonly firstRatio: number
  readonly firstKlFromSampler: number
  /** Mean over sampled tokens of `ln π − ln π_ref`, in nats, before the updates of the step; in runs with a reference policy. */
  readonly klToReference?: number
  /** Mean entropy of the next-token distribution over the tokens that were trained on. */
  readonly tokenEntropy: number
  /** Optimizer steps that changed the policy, and those that were left out for want of a signal or a finite loss. */
  readonly updatesApplied: number
  readonly updatesWithoutSignal: number
  readonly updatesNonFinite: number
  /** Where groups without a signal are replaced; every mean above is of all groups that were sampled. */
  readonly dynamic?: DynamicSamplingRecord
  /** One for each reward function beside the verdict that comes from outside. */
  readonly rewards?: ReadonlyArray<RewardRecord>
}

/**
 * Accuracy on problems that are never trained on, greedy or as the run samples in evaluation.
 *
 * @since 0.1.0
 * @category models
 */
export interface EvaluationRecord {
  readonly kind: "evaluation"
  /** Steps trained so far. */
  readonly step: number
  readonly problems: number
  readonly accuracy: number
  /** 95 % interval of the accuracy: Wilson's of one completion a problem, the bootstrap's over problems of several. */
  readonly low: number
  readonly high: number
  /** With several completions a problem: how many, and how often one of all of them is right. */
  readonly samples?: number
  readonly passAtSamples?: number
}

/**
 * Where the time of a step went, in seconds, and what the process holds.
 *
 * @since 0.1.0
 * @category models
 */
export interface StepTiming {
  readonly step: number
  readonly sample: number
  readonly grade: number
  readonly shape: number
  readonly update: number
  readonly total: number
  readonly sampledTokens: number
  /** Of all steps so far in this process. */
  readonly secondsPerStep: number
  readonly secondsLeft: number
}

/**
 * One completion with everything that was decided about it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CompletionRecord {
  readonly step: number
  readonly problem: string
  readonly prompt: string
  readonly golds: ReadonlyArray<string>
  readonly sample: number
  readonly text: string
  readonly tokens: number
  readonly finish: FinishReason
  /** Sum of token log-probabilities under the sampling distribution, in nats. */
  readonly logprob: number
  /** Nothing when no answer could be read. */
  readonly answer: string | null
  readonly reward: number
  /** Which meaning it has within its group; nothing when it was left out. */
  readonly cluster: number | null
  /** Of its group. */
  readonly semanticEntropy: number
  readonly normalizedEntropy: number
  /** The factor that uncertainty put on the advantages of its group; where it differs between them, on their whole. */
  readonly scale: number
  readonly advantageBefore: number
  readonly advantage: number
  /** What reward functions from outside gave it, in their order; nothing where they could not tell. */
  readonly shaping?: ReadonlyArray<number | null>
  /** With dynamic sampling: the round that its group was sampled in, and whether the group was dropped and not learned from. */
  readonly round?: number
  readonly dropped?: boolean
}

/**
 * Something that happened in a run.
 *
 * @since 0.1.0
 * @category models
 */
export type RunEvent =
  | {
      readonly type: "started"
      /** Steps done before, when resumed. */
      readonly step: number
      readonly steps: number
      /** For people. */
      readonly title: string
    }
  | {
      readonly type: "step"
      readonly record: StepRecord
      readonly timing: StepTiming
      readonly completions: ReadonlyArray<CompletionRecord>
    }
  | { readonly type: "evaluation"; readonly record: EvaluationRecord }
  | { readonly type: "checkpoint"; readonly step: number; readonly path: string }
  | { readonly type: "notice"; readonly level: "info" | "warning"; readonly text: string }

/**
 * How much of a run has been told: what a checkpoint covers, and to what point its files are rolled back on resume.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunCursor {
  readonly step: number
  /** Step and evaluation records so far. */
  readonly records: number
  readonly completions: number
}
