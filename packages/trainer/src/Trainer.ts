/**
 * Training from the first step to the last: problems, steps, evaluation, checkpoints.
 *
 * Every step is a function of configuration, seed and weights, and a checkpoint says how much of the run has been told.
 * So a run that was stopped and resumed, at any point and in any way, gives the weights and records of one that was not.
 *
 * @since 0.1.0
 */
import type { AdvantageError } from "@seed-grpo/advantage"
import type { Problem, RunCursor, RunEvent, StepRecord } from "@seed-grpo/core"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Template } from "@seed-grpo/data"
import type { EntropyError } from "@seed-grpo/entropy"
import { GrpoOptimizer, type ObjectiveError, type Optimizer, ReferencePolicy } from "@seed-grpo/grpo"
import { Policy } from "@seed-grpo/runtime"
import { Sampler } from "@seed-grpo/sampling"
import { Cause, Clock, Effect, Exit, type FileSystem, type Path, Result } from "effect"
import * as Checkpoint from "./Checkpoint.ts"
import * as EarlyStop from "./EarlyStop.ts"
import * as HeldOut from "./HeldOut.ts"
import * as RewardFunction from "./RewardFunction.ts"
import type { RunConfig } from "./RunConfig.ts"
import * as RunHealth from "./RunHealth.ts"
import * as RunProgress from "./RunProgress.ts"
import { problemOrder, sampleStep } from "./SampledStep.ts"
import { summarise } from "./StepSummary.ts"
import { learn, type Stages } from "./TrainStep.ts"

/**
 * Why a run ended early.
 *
 * @since 0.1.0
 * @category errors
 */
export class TrainerError extends ExplainedError<"diverged" | "no-problems"> {
  readonly _tag = "TrainerError"
}

/**
 * @since 0.1.0
 * @category models
 */
export interface TrainOptions<E, R> {
  readonly config: RunConfig
  /** Where checkpoints go. */
  readonly folder: string
  readonly train: ReadonlyArray<Problem>
  readonly heldOut: ReadonlyArray<Problem>
  /** Where to go on from. */
  readonly restored: Checkpoint.Restored | undefined
  /** The steps before it, so that no warning about the run's health is said twice. */
  readonly past?: ReadonlyArray<StepRecord>
  /** Called for everything that happens, in order; the run waits for it. */
  readonly onEvent: (event: RunEvent) => Effect.Effect<void, E, R>
}

/**
 * How a run ended: all steps are done, or evaluations no longer got better.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ending {
  readonly reason: "steps" | "no-improvement"
  readonly step: number
}

const START: RunCursor = { step: 0, records: 0, completions: 0 }

/** Problems whose prompts fit, and a word about those that do not. */
const fitting = Effect.fnUntraced(function* (config: RunConfig, problems: ReadonlyArray<Problem>) {
  const { contextLength, countTokens } = yield* Sampler.Sampler
  const { render } = Template.templates[config.template]
  const limit = Math.min(config.sampling.maxPromptTokens, contextLength - 1)
  const lengths = yield* Effect.forEach(problems, ({ question }) => countTokens(render(question)))
  const kept = problems.filter((_, index) => lengths[index]! > 0 && lengths[index]! <= limit)
  if (kept.length === 0) {
    return yield* Effect.fail(
      new TrainerError({
        reason: "no-problems",
        at: "training problems",
        expected: `prompts of 1 to ${limit} tokens`,
        found: `none among ${problems.length}; the shortest has ${Math.min(...lengths)}`,
        fix: "Use a model with more context, or raise sampling.maxPromptTokens.",
      }),
    )
  }
  return { kept, leftOut: problems.length - kept.length, limit }
})

const seconds = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos) / 1e9)

/**
 * Runs to the last step, or until evaluations no longer get better. Interruption saves a checkpoint of the last complete step. Checkpoints that cannot be written are
 * told as notices, the last one as an error.
 *
 * @since 0.1.0
 * @category training
 */
export const train = Effect.fn("Trainer.train")(function* <E, R>(
  options: TrainOptions<E, R>,
): Effect.fn.Return<
  Ending,
  | TrainerError
  | Sampler.SamplingError
  | EntropyError.EntropyError
  | AdvantageError.AdvantageError
  | ObjectiveError.ObjectiveError
  | Checkpoint.CheckpointError
  | Optimizer.OptimizerError
  | ReferencePolicy.ReferenceError
  | E,
  Stages | Policy.Policy | FileSystem.FileSystem | Path.Path | R
> {
  const { config, folder, heldOut, onEvent, restored } = options
  const policy = yield* Policy.Policy
  const optimizer = yield* GrpoOptimizer.GrpoOptimizer
  const notice = (text: string, level: "info" | "warning" = "warning") => onEvent({ type: "notice", level, text })

  const reference = yield* ReferencePolicy.CurrentReference
  if (restored !== undefined) {
    yield* optimizer.restore(restored.optimizer)
    if (reference !== undefined) yield* reference.restore(restored.reference)
  }
  let cursor = restored?.cursor ?? START
  let nonFinite = restored?.nonFinite ?? 0
  let progress = restored?.progress ?? RunProgress.start(0)
  let saved = cursor
  // While weights are ahead of the cursor there is nothing that could be saved, whatever ends the run.
  let isChanging = false
  let health = RunHealth.after(options.past ?? [])

  const stopsEarly = () => EarlyStop.isOver(progress.watch, config.evaluation.patience)
  const isOver = () => cursor.step >= config.steps || stopsEarly()

  const save = Effect.gen(function* () {
    const checkpoint = {
      cursor,
      nonFinite,
      progress,
      optimizer: yield* optimizer.state,
      reference: reference === undefined ? undefined : yield* reference.state,
      policy: yield* policy.files,
    }
    const written = yield* Effect.result(Checkpoint.save(folder, checkpoint, config.checkpoint.keep))
    if (Result.isFailure(written)) {
      // A full disk is no reason to lose what was learned: the run goes on, and the next checkpoint may fit.
      if (!isOver()) return yield* notice(written.failure.message)
      return yield* Effect.fail(written.failure)
    }
    saved = cursor
    yield* onEvent({ type: "checkpoint", step: cursor.step, path: written.success })
  })

  const sources = yield* RewardFunction.RewardFunctions
  const failuresTold = new Set<string>()
  const problems = yield* fitting(config, options.train)
  const order = problemOrder(config, problems.kept)
  if (problems.leftOut > 0) {
    yield* notice(
      `${problems.leftOut} of ${options.train.length} problems are longer than ${problems.limit} tokens and left out`,
    )
  }
  const watched = heldOut.slice(0, config.evaluation.problems)

  const evaluateHeldOut = Effect.gen(function* () {
    const record = yield* HeldOut.evaluate(config, watched, cursor.step)
    const name = config.checkpoint.best ?? "accuracy"
    const measured = { step: cursor.step, value: HeldOut.metric(record, name) }
    const before = progress.best
    const isBest = config.checkpoint.best !== undefined && (before === undefined || measured.value > before.value)
    yield* Effect.uninterruptible(
      Effect.gen(function* () {
        yield* onEvent({ type: "evaluation", record })
        cursor = { ...cursor, records: cursor.records + 1 }
        const watch = EarlyStop.after(progress.watch, measured, config.evaluation.minDelta)
        progress = { ...progress, watch, ...(isBest ? { best: { ...measured, metric: name } } : {}) }
      }),
    )
    if (!isBest) return
    yield* save
    // What could not be written is not on the disk, however good it was.
    if (saved !== cursor) {
      const { best: _, ...others } = progress
      progress = before === undefined ? others : { ...others, best: before }
    }
  })

  const began = yield* seconds
  const firstStep = cursor.step

  const step = Effect.gen(function* () {
    const started = yield* seconds
    const number = cursor.step + 1
    const sampled = yield* sampleStep(config, order, progress.order, number)
    const { completions, dropped, durations, dynamic, groups } = sampled
    const everything = [...groups, ...dropped]
    for (const text of RewardFunction.firstFailures(sources, everything, failuresTold)) yield* notice(text)
    // From here on the policy changes, so the step is finished and told before anyone may stop the run.
    yield* Effect.uninterruptible(
      Effect.gen(function* () {
        const { epochs, updatesPerStep } = config.optimizer
        isChanging = true
        const learned = yield* learn(groups, updatesPerStep, { epochs, seed: config.seed, step: number })
        if (reference !== undefined) yield* reference.follow
        for (const { outcome } of learned.updates) {
          if (outcome === "non-finite") nonFinite += 1
          if (outcome === "applied") nonFinite = 0
        }
        const ended = yield* seconds
        const secondsPerStep = (ended - began) / (number - firstStep)
        const record = {
          ...summarise(number, groups, learned.updates, dropped),
          ...(dynamic === undefined ? {} : { dynamic }),
          ...(sources.length === 0 ? {} : { rewards: RewardFunction.records(sources, everything) }),
        }
        yield* onEvent({
          type: "step",
          record,
          timing: {
            step: number,
            ...durations,
            update: learned.seconds,
            total: ended - started,
            sampledTokens: completions.reduce((total, { tokens }) => total + tokens, 0),
            secondsPerStep,
            secondsLeft: secondsPerStep * (config.steps - number),
          },
          completions,
        })
        cursor = {
          step: number,
          records: cursor.records + 1,
          completions: cursor.completions + completions.length,
        }
        progress = { ...progress, order: order.learned(sampled.order, RunProgress.outcomes(everything)) }
        isChanging = false
        const observed = RunHealth.observe(health, record)
        health = observed.health
        yield* Effect.forEach(observed.notices, ({ text }) => notice(text))
      }),
    )
  })

  /** Whether the held-out problems are due at this point and were not yet looked at: told from the cursor alone. */
  const evaluationDue = () => {
    const { every } = config.evaluation
    const isLast = cursor.step === config.steps && cursor.step % every !== 0
    const due = Math.floor(cursor.step / every) + 1 + (isLast ? 1 : 0)
    const done = cursor.records - cursor.step
    return watched.length > 0 && done < due
  }

  const run = Effect.gen(function* () {
    if (evaluationDue()) yield* evaluateHeldOut
    while (!isOver()) {
      yield* step
      if (nonFinite >= config.optimizer.haltAfterNonFinite) {
        return yield* Effect.fail(
          new TrainerError({
            reason: "diverged",
            at: `step ${cursor.step}`,
            expected: "a finite loss and gradient",
            found: `${nonFinite} updates in a row without`,
            fix: `Lower optimizer.learningRate and resume from the last checkpoint in ${folder}.`,
          }),
        )
      }
      if (evaluationDue()) yield* evaluateHeldOut
      if ((cursor.step % config.checkpoint.every === 0 || isOver()) && saved !== cursor) yield* save
      yield* Effect.yieldNow
    }
    if (cursor.step >= config.steps) return { reason: "steps", step: cursor.step } as const
    yield* notice(
      `ended after step ${cursor.step} of ${config.steps}: ${progress.watch.since} evaluations without an improvement on ` +
        `${progress.watch.best?.value} of step ${progress.watch.best?.step} (evaluation.patience)`,
      "info",
    )
    return { reason: "no-improvement", step: cursor.step } as const
  })

  return yield* Effect.onExit(run, (exit) =>
    Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause) && saved !== cursor && !isChanging ? save : Effect.void,
  )
})
