/**
 * From a configuration to layers: each stage is one line, and another stage is another line.
 *
 * @since 0.1.0
 */
import { AdvantageEstimator } from "@seed-grpo/advantage"
import type { Problem } from "@seed-grpo/core"
import { Arithmetic, ProblemFile } from "@seed-grpo/data"
import { EntropyScorer } from "@seed-grpo/entropy"
import { Equivalence } from "@seed-grpo/equivalence"
import { GrpoOptimizer } from "@seed-grpo/grpo"
import { type Backend, type ModelFolder, type Parameters, Policy } from "@seed-grpo/runtime"
import { PolicySampler } from "@seed-grpo/sampling"
import { Effect, type FileSystem, Layer, type Path } from "effect"
import { resumedModel, startingModel } from "./AdapterConfig.ts"
import { estimate } from "./AdvantageConfig.ts"
import { objective } from "./ObjectiveConfig.ts"
import { optimizer as optimizerOf } from "./OptimizerConfig.ts"
import { layer as referenceLayer } from "./ReferenceConfig.ts"
import { KlInReward } from "./ReferenceScores.ts"
import * as RewardFile from "./RewardFile.ts"
import { RewardFunctions, type RewardSource } from "./RewardFunction.ts"
import type { RunConfig } from "./RunConfig.ts"
import { schedule } from "./ScheduleConfig.ts"
import type { Stages } from "./TrainStep.ts"

/**
 * @since 0.1.0
 * @category layers
 */
export const advantageLayer = (
  config: RunConfig,
  rewards: ReadonlyArray<RewardSource> = [],
): Layer.Layer<AdvantageEstimator.AdvantageEstimator> =>
  AdvantageEstimator.layer(
    estimate(
      config,
      [...config.reward.functions, ...rewards].map(({ weight }) => weight),
    ),
  )

/**
 * The reward functions of a run: those in files, each with a process of its own, then `rewards`.
 *
 * @since 0.1.0
 * @category layers
 */
export const rewardLayer = (
  { reward }: RunConfig,
  rewards: ReadonlyArray<RewardSource> = [],
): Layer.Layer<never, RewardFile.RewardFileError> =>
  Layer.effect(RewardFunctions)(
    Effect.map(Effect.forEach(reward.functions, RewardFile.make), (files) => [...files, ...rewards]),
  )

/**
 * @since 0.1.0
 * @category layers
 */
export const equivalenceLayer = ({ equivalence }: RunConfig): Layer.Layer<Equivalence.Equivalence> =>
  equivalence === "math" ? Equivalence.layerMath : Equivalence.layerExact

/**
 * @since 0.1.0
 * @category layers
 */
export const entropyLayer = ({ entropy }: RunConfig): Layer.Layer<EntropyScorer.EntropyScorer> =>
  entropy.estimator === "discrete"
    ? EntropyScorer.layerDiscrete(entropy)
    : EntropyScorer.layerLikelihoodWeighted(entropy)

/**
 * @since 0.1.0
 * @category layers
 */
export const optimizerLayer = (config: RunConfig): Layer.Layer<GrpoOptimizer.GrpoOptimizer, never, Policy.Policy> => {
  const { sampling, steps } = config
  const { epochs, learningRate: rate, updatesPerStep, warmupSteps, ...optimizer } = config.optimizer
  return GrpoOptimizer.layer({
    ...optimizer,
    optimizer: optimizerOf(config.optimizer),
    objective: objective(config.objective, sampling),
    learningRate: schedule(optimizer.schedule, { rate, warmupSteps, totalSteps: steps * epochs * updatesPerStep }),
    temperature: sampling.temperature,
  })
}

/** The policy of a run: of one that starts anew with the adapter that it asks for, of another as it was saved. */
const policyLayer = (config: RunConfig, modelFolder: string, initialFolder: string | undefined) =>
  Layer.effect(
    Policy.Policy,
    Effect.flatMap(
      initialFolder === undefined
        ? startingModel(config, modelFolder)
        : resumedModel(config, modelFolder, initialFolder),
      Policy.make,
    ),
  )

/**
 * The whole pipeline of a run: every stage that a step needs, and the policy. Where the policy of `modelFolder` has been trained
 * already, `initialFolder` says what it was before, and its adapter is the one that is there. `rewards` of your own count beside
 * those of the configuration.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  config: RunConfig,
  modelFolder: string,
  initialFolder?: string,
  rewards: ReadonlyArray<RewardSource> = [],
): Layer.Layer<
  Stages | Policy.Policy,
  ModelFolder.LoadError | Parameters.ParametersError | RewardFile.RewardFileError,
  Backend.Backend | FileSystem.FileSystem | Path.Path
> =>
  Layer.mergeAll(
    PolicySampler.layer(config.sampling),
    equivalenceLayer(config),
    entropyLayer(config),
    advantageLayer(config, rewards),
    rewardLayer(config, rewards),
    optimizerLayer(config),
    referenceLayer(config.reference, { ...config.optimizer, ...config.sampling }, initialFolder),
    Layer.succeed(KlInReward, config.reward.kl?.coefficient ?? 0),
  ).pipe(Layer.provideMerge(policyLayer(config, modelFolder, initialFolder)))

/**
 * The problems of a run.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunProblems {
  readonly train: ReadonlyArray<Problem>
  readonly heldOut: ReadonlyArray<Problem>
  /** Lines that were set aside, by file. */
  readonly rejected: ReadonlyArray<{ readonly file: string } & ProblemFile.RejectedLine>
}

/**
 * Loads or makes the problems of a run. File paths are taken as they are.
 *
 * @since 0.1.0
 * @category constructors
 */
export const problems = Effect.fn("Pipeline.problems")(function* ({
  data,
}: RunConfig): Effect.fn.Return<RunProblems, ProblemFile.ProblemFileError, FileSystem.FileSystem> {
  if (data.kind === "arithmetic") {
    const { heldOut, train } = Arithmetic.split(data)
    return { train: train.map(Arithmetic.toProblem), heldOut: heldOut.map(Arithmetic.toProblem), rejected: [] }
  }
  const load = (file: string) =>
    Effect.map(ProblemFile.load(file, data), ({ problems, rejected }) => ({
      problems,
      rejected: rejected.map((line) => ({ file, ...line })),
    }))
  const train = yield* load(data.train)
  const heldOut = data.heldOut === undefined ? { problems: [], rejected: [] } : yield* load(data.heldOut)
  return {
    train: train.problems,
    heldOut: heldOut.problems,
    rejected: [...train.rejected, ...heldOut.rejected],
  }
})
