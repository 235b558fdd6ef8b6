/**
 * Does training do what it should, with this model on this back-end? Checks that need no goldens, because what has to
 * come out is known: nothing moves at a learning rate of 0, sampler and trainer agree, parts make up the whole, and a run
 * that is resumed is one that was not stopped.
 *
 * @since 0.1.0
 */
import { AdvantageEstimator } from "@seed-grpo/advantage"
import type { Problem, StepRecord } from "@seed-grpo/core"
import { Template } from "@seed-grpo/data"
import { GrpoOptimizer, type PolicyGradient, PolicyScores } from "@seed-grpo/grpo"
import { Policy } from "@seed-grpo/runtime"
import { Sampler } from "@seed-grpo/sampling"
import { Effect, FileSystem, Layer, Path } from "effect"
import * as Checkpoint from "./Checkpoint.ts"
import { greatest, small } from "./internal/measured.ts"
import * as Pipeline from "./Pipeline.ts"
import type { RunConfig } from "./RunConfig.ts"
import * as Trainer from "./Trainer.ts"

/**
 * What a check has to say.
 *
 * @since 0.1.0
 * @category models
 */
export interface TrainingCheck {
  readonly name: string
  readonly passed: boolean
  /** What was measured, with its bound. */
  readonly found: string
  /** Why it matters. */
  readonly meaning: string
  /** What to do when it fails. */
  readonly fix: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface DoctorOptions<E, R> {
  /** Of it count model, template, sampling, objective and optimizer. */
  readonly config: RunConfig
  readonly problems: ReadonlyArray<Problem>
  /** An empty folder for checkpoints. */
  readonly folder: string
  /** Greatest difference of log-probabilities between decoding and training, in nats. */
  readonly tolerance: number
  /** Another pipeline than the one of a run. */
  readonly pipeline?: typeof Pipeline.layer
  /** Called for each check as soon as it is known. */
  readonly onCheck: (check: TrainingCheck) => Effect.Effect<void, E, R>
}

/**
 * Steps at a learning rate of 0.
 *
 * @since 0.1.0
 * @category constants
 */
export const STEPS = 10

/**
 * How far gradients of parts may be from that of the whole, as a share of the largest number in it: sums in another order.
 *
 * @since 0.1.0
 * @category constants
 */
export const ACCUMULATION = 1e-4

/** 1 and −1 in turn, so that every step has a gradient, whatever the model answers. */
const alternating = AdvantageEstimator.layer((groups) =>
  groups.map(({ rewards }) => {
    const advantages = rewards.map((_, sample) => (sample % 2 === 0 ? 1 : -1))
    return { before: advantages, scale: 1, advantages }
  }),
)

const configured = (config: RunConfig, steps: number, learningRate: number): RunConfig => ({
  ...config,
  steps,
  optimizer: {
    ...config.optimizer,
    learningRate,
    schedule: "constant",
    warmupSteps: 0,
    updatesPerStep: 1,
    // Numbers that are not finite are what is looked for.
    haltAfterNonFinite: 10 * STEPS,
  },
  checkpoint: { ...config.checkpoint, every: 1, keep: STEPS },
})

/** The steps of a run, from a checkpoint if there is one. */
const stepsOf = Effect.fnUntraced(function* (config: RunConfig, folder: string, problems: ReadonlyArray<Problem>) {
  const { restored } = yield* Checkpoint.newest(folder)
  const records: Array<StepRecord> = []
  yield* Trainer.train({
    config,
    folder,
    train: problems,
    heldOut: [],
    restored,
    onEvent: (event) => Effect.sync(() => void (event.type === "step" && records.push(event.record))),
  })
  return records
})

const sameFiles = (a: ReadonlyMap<string, Uint8Array>, b: ReadonlyMap<string, Uint8Array>) =>
  a.size === b.size &&
  [...a].every(([name, bytes]) => {
    const other = b.get(name)
    return other !== undefined && Buffer.compare(bytes, other) === 0
  })

/** Nothing moves, and sampler and trainer agree, for as long as nothing is learned. */
const standingStill = Effect.fnUntraced(function* (options: {
  readonly config: RunConfig
  readonly folder: string
  readonly problems: ReadonlyArray<Problem>
  readonly tolerance: number
}) {
  const { files } = yield* Policy.Policy
  const before = yield* files
  const records = yield* stepsOf(configured(options.config, STEPS, 0), options.folder, options.problems)
  const same = sameFiles(before, yield* files)
  const ratio = greatest(records.map((record) => Math.abs(record.ratio - 1)))
  const kl = greatest(records.map((record) => record.klFromSampler))
  const applied = records.reduce((sum, { updatesApplied }) => sum + updatesApplied, 0)
  const klBound = options.tolerance ** 2
  const mismatch =
    "Compare the temperature, the template and the precision of sampler and trainer; the log-probabilities below say how far they are apart."
  return [
    {
      name: "loss and gradient are finite",
      passed: applied === STEPS && records.every(({ loss }) => Number.isFinite(loss)),
      found: `${applied} of ${STEPS} updates`,
      meaning: "A loss that is NaN teaches nothing, and one update with it would ruin the policy.",
      fix: "Look for NaN and infinite numbers in the model's weights; try another back-end.",
    },
    {
      name: "a learning rate of 0 moves nothing",
      passed: same,
      found: same ? `all weights are the same bits after ${STEPS} steps` : `weights changed within ${STEPS} steps`,
      meaning: "What moves at a rate of 0 moves at every other, too, on top of what is learned.",
      fix: "Something else than the optimizer writes to the weights, or they are not kept as they were read. Please report it.",
    },
    {
      name: "the importance ratio is 1",
      passed: ratio <= options.tolerance,
      found: `off by ${small(ratio)} at most, bound ${small(options.tolerance)}`,
      meaning: "The policy that is trained is the one that sampled; else every gradient is weighted wrongly.",
      fix: mismatch,
    },
    {
      name: "the KL from the sampler is 0",
      passed: kl <= klBound,
      found: `${small(kl)} nats at most, bound ${small(klBound)}`,
      meaning: "It sees differences of both signs, which cancel in the mean ratio.",
      fix: mismatch,
    },
  ] satisfies ReadonlyArray<TrainingCheck>
})

/** Completions with advantages of 1 and −1 in turn. */
const sampledRows = Effect.fnUntraced(function* (config: RunConfig, problems: ReadonlyArray<Problem>) {
  const { sample } = yield* Sampler.Sampler
  const { render, stop } = Template.templates[config.template]
  const { groupSize, maxTokens, temperature } = config.sampling
  const groups = yield* sample({
    problems: problems
      .slice(0, config.problemsPerStep)
      .map((problem) => ({ problem, prompt: render(problem.question) })),
    groupSize,
    maxTokens,
    temperature,
    stop,
    seed: config.seed,
    stream: "doctor",
    step: 1,
  })
  return groups.flatMap(({ completions, promptTokens }) =>
    completions.map(({ logprobs, tokens }, index): PolicyGradient.TrainingRow => ({
      prompt: promptTokens,
      completion: tokens,
      oldLogprobs: logprobs,
      advantage: index % 2 === 0 ? 1 : -1,
    })),
  )
})

/** Decoding token by token, and one pass over the whole, say the same. */
const sameLogprobs = Effect.fnUntraced(function* (
  rows: ReadonlyArray<PolicyGradient.TrainingRow>,
  config: RunConfig,
  tolerance: number,
): Effect.fn.Return<TrainingCheck, never, Policy.Policy> {
  const policy = yield* Policy.Policy
  const scores = yield* Effect.promise(() =>
    PolicyScores.policyScores(policy.parameters(), policy.config, rows, {
      temperature: config.sampling.temperature,
      microBatchTokens: config.optimizer.microBatchTokens,
    }),
  )
  const apart = greatest(
    rows.flatMap(({ oldLogprobs }, row) =>
      Array.from(oldLogprobs, (logprob, t) => Math.abs(logprob - scores[row]!.logprobs[t]!)),
    ),
  )
  const tokens = rows.reduce((sum, { completion }) => sum + completion.length, 0)
  return {
    name: "decoding and training give the same log-probabilities",
    passed: apart <= tolerance,
    found: `${small(apart)} nats apart at most, of ${tokens} tokens, bound ${small(tolerance)}`,
    meaning:
      "Decoding goes token by token with a cache, training over all tokens at once: both must be the same policy.",
    fix: "Try another back-end; what differs there too is a fault of the decoder. Please report it with the model's name.",
  }
})

/** The gradient of a batch in one part and in as many as it has rows, as the first moments that it leaves. */
const sameGradients = Effect.fnUntraced(function* (rows: ReadonlyArray<PolicyGradient.TrainingRow>, config: RunConfig) {
  const [whole, parts] = [yield* momentsOf(rows, config, Number.MAX_SAFE_INTEGER), yield* momentsOf(rows, config, 1)]
  let [apart, largest] = [0, 0]
  for (const [name, { data }] of whole) {
    const other = parts.get(name)!.data
    for (let i = 0; i < data.length; i++) {
      apart = Math.max(apart, Math.abs(data[i]! - other[i]!))
      largest = Math.max(largest, Math.abs(data[i]!))
    }
  }
  const share = apart / largest
  return {
    name: `accumulating ${rows.length} parts of one row is one part of ${rows.length}`,
    passed: share <= ACCUMULATION,
    found: `gradients ${small(share)} of the largest number apart, bound ${small(ACCUMULATION)}`,
    meaning: "Else optimizer.microBatchTokens, which is there for memory, would change what is learned.",
    fix: "Please report it with the objective and the model's name.",
  } satisfies TrainingCheck
})

const momentsOf = Effect.fnUntraced(function* (
  rows: ReadonlyArray<PolicyGradient.TrainingRow>,
  config: RunConfig,
  microBatchTokens: number,
) {
  const still = configured(config, 1, 0)
  const moving: RunConfig = { ...still, optimizer: { ...still.optimizer, microBatchTokens } }
  return yield* Effect.gen(function* () {
    const { state, update } = yield* GrpoOptimizer.GrpoOptimizer
    yield* update(rows)
    return (yield* state).moments
  }).pipe(Effect.provide(Pipeline.optimizerLayer(moving), { local: true }))
})

/** The manifest of the last of two checkpoints: hashes of weights and moments. */
const manifest = Effect.fnUntraced(function* (folder: string, step: number) {
  const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
  const file = path.join(folder, "checkpoints", `step-${String(step).padStart(8, "0")}`, "checkpoint.json")
  return yield* Effect.orDie(fs.readFileString(file))
})

/**
 * All checks, one after the other: some 25 small steps of the model.
 *
 * @since 0.1.0
 * @category checks
 */
export const examine = Effect.fn("TrainingDoctor.examine")(function* <E, R>(options: DoctorOptions<E, R>) {
  const { config, onCheck, problems, tolerance } = options
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  const inFolder = (name: string) => path.join(options.folder, name)
  const layerOf = (run: RunConfig, model: string) =>
    Layer.merge((options.pipeline ?? Pipeline.layer)(run, model), alternating)
  const checks: Array<TrainingCheck> = []
  const tell = (check: TrainingCheck) =>
    Effect.andThen(
      Effect.sync(() => checks.push(check)),
      onCheck(check),
    )

  yield* Effect.gen(function* () {
    yield* Effect.forEach(yield* standingStill({ config, folder: inFolder("still"), problems, tolerance }), tell)
    const rows = yield* sampledRows(config, problems)
    yield* tell(yield* sameLogprobs(rows, config, tolerance))
    yield* tell(yield* sameGradients(rows, config))
  }).pipe(Effect.provide(layerOf(configured(config, STEPS, 0), config.model), { local: true }))

  const [straight, resumed] = [inFolder("straight"), inFolder("resumed")]
  const two = configured(config, 2, 1e-4)
  yield* stepsOf(two, straight, problems).pipe(Effect.provide(layerOf(two, config.model), { local: true }))
  const first = "checkpoints/step-00000001"
  yield* Effect.orDie(fs.copy(path.join(straight, first), path.join(resumed, first)))
  const { restored } = yield* Checkpoint.newest(resumed)
  const model = restored?.modelFolder ?? config.model
  yield* stepsOf(two, resumed, problems).pipe(Effect.provide(layerOf(two, model), { local: true }))
  const same = (yield* manifest(straight, 2)) === (yield* manifest(resumed, 2))
  yield* tell({
    name: "a run that is saved and resumed is one that was not stopped",
    passed: same,
    found: same
      ? "weights and moments are the same bits after the next step"
      : "weights or moments differ after the next step",
    meaning: "A run that can be stopped at any time without a trace can be trusted with days of work.",
    fix: "Look whether the back-end gives the same numbers twice (the CPU ones do); checkpoints hold everything else.",
  })
  return checks
})
