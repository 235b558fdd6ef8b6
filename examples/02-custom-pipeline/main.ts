/**
 * The pipeline of SEED-GRPO as one expression of layers, and the same with one line exchanged: plain GRPO.
 */
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { AdvantageEstimator, Modulation } from "@seed-grpo/advantage"
import { Arithmetic, Batches } from "@seed-grpo/data"
import { EntropyScorer } from "@seed-grpo/entropy"
import { Equivalence } from "@seed-grpo/equivalence"
import { AdamW, DrGrpo, GrpoOptimizer, LearningRate } from "@seed-grpo/grpo"
import { Backend, Policy } from "@seed-grpo/runtime"
import { PolicySampler } from "@seed-grpo/sampling"
import { StepSummary, TrainStep } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"

const policyFolder = dirname(fileURLToPath(import.meta.resolve("@seed-grpo/cli/demo/policy/config.json")))
const clip = { low: 0.2, high: 0.2 }

const pipeline = (advantage: Layer.Layer<AdvantageEstimator.AdvantageEstimator>) =>
  Layer.mergeAll(
    PolicySampler.layer(),
    Equivalence.layerMath,
    EntropyScorer.layerDiscrete(),
    advantage,
    GrpoOptimizer.layer({
      objective: DrGrpo.drGrpo({ clip, maxTokens: 12 }),
      learningRate: LearningRate.constant({ rate: 2e-4 }),
      optimizer: AdamW.adamW({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }),
      weightDecay: 0,
      maxGradientNorm: 1,
      temperature: 1,
      microBatchTokens: 4096,
    }),
  ).pipe(
    Layer.provideMerge(Policy.layer(policyFolder)),
    Layer.provide(Backend.layerWasm),
    Layer.provide(NodeServices.layer),
  )

const { train } = Arithmetic.split({ seed: 0, heldOut: 250 })

/** Trains for some steps and gives the summary of the last. */
const steps = (count: number) =>
  Effect.gen(function* () {
    let reward = 0
    for (let step = 1; step <= count; step++) {
      const problems = Batches.batchOf(train, { seed: 0, step, size: 16 }).map(Arithmetic.toProblem)
      const { groups } = yield* TrainStep.measure({
        problems: problems.map((problem) => ({ problem, prompt: problem.question })),
        groupSize: 8,
        maxTokens: 12,
        temperature: 1,
        stop: [],
        seed: 0,
        stream: "sampling",
        step,
      })
      const { updates } = yield* TrainStep.learn(groups, 1)
      const summary = StepSummary.summarise(step, groups, updates)
      if (step === 1) reward = summary.reward
      if (step === count) {
        yield* Console.log(
          `  reward ${reward.toFixed(2)} → ${summary.reward.toFixed(2)}, entropy ${summary.semanticEntropy.toFixed(2)} nats, ` +
            `advantages of mixed groups × ${summary.scaleMin.toFixed(2)} – ${summary.scaleMax.toFixed(2)}`,
        )
      }
    }
  })

const compare = Effect.gen(function* () {
  yield* Console.log("SEED-GRPO, 12 steps")
  yield* steps(12).pipe(Effect.provide(pipeline(AdvantageEstimator.layerSeed(Modulation.reciprocal(1)))))
  yield* Console.log("GRPO, 12 steps")
  yield* steps(12).pipe(Effect.provide(pipeline(AdvantageEstimator.layerGrpo)))
})

await Effect.runPromise(compare)
