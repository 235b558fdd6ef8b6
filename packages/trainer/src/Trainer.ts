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
import { Batches, Template } from "@seed-grpo/data"
import type { EntropyError } from "@seed-grpo/entropy"
import { GrpoOptimizer, type ObjectiveError, type Optimizer } from "@seed-grpo/grpo"
import { Policy } from "@seed-grpo/runtime"
import { Sampler } from "@seed-grpo/sampling"
import { Cause, Clock, Effect, Exit, type FileSystem, type Path, Result } from "effect"
import { rewardFunctions } from "./AdvantageConfig.ts"
import * as Checkpoint from "./Checkpoint.ts"
import { evaluate, summarise as summariseEvaluation } from "./Evaluation.ts"
import type { RunConfig } from "./RunConfig.ts"
import * as RunHealth from "./RunHealth.ts"
import { completionRecords } from "./ScoredGroup.ts"
import { summarise } from "./StepSummary.ts"
import { learn, measure, type Stages } from "./TrainStep.ts"

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
 * Runs to the last step. Interruption saves a checkpoint of the last complete step. Checkpoints that cannot be written are
 * told as notices, the last one as an error.
 *
 * @since 0.1.0
 * @category training
 */
export const train = Effect.fn("Trainer.train")(function* <E, R>(
  options: TrainOptions<E, R>,
): Effect.fn.Return<
  void,
  | TrainerError
  | Sampler.SamplingError
  | EntropyError.EntropyError
  | AdvantageError.AdvantageError
  | ObjectiveError.ObjectiveError
  | Checkpoint.CheckpointError
  | Optimizer.OptimizerError
  | E,
  Stages | Policy.Policy | FileSystem.FileSystem | Path.Path | R
> {
  const { config, folder, heldOut, onEvent, restored } = options
  const policy = yield* Policy.Policy
  const optimizer = yield* GrpoOptimizer.GrpoOptimizer
  const template = Template.templates[config.template]
  const notice = (text: string) => onEvent({ type: "notice", level: "warning", text })

  if (restored !== undefined) yield* optimizer.restore(restored.optimizer)
  let cursor = restored?.cursor ?? START
  let nonFinite = restored?.nonFinite ?? 0
  let saved = cursor
  let health = RunHealth.after(options.past ?? [])

  const save = Effect.gen(function* () {
    const checkpoint = { cursor, nonFinite, optimizer: yield* optimizer.state, policy: yield* policy.files }
    const written = yield* Effect.result(Checkpoint.save(folder, checkpoint, config.checkpoint.keep))
    if (Result.isFailure(written)) {
      // A full disk is no reason to lose what was learned: the run goes on, and the next checkpoint may fit.
      if (cursor.step < config.steps) return yield* notice(written.failure.message)
      return yield* Effect.fail(written.failure)
    }
    saved = cursor
    yield* onEvent({ type: "checkpoint", step: cursor.step, path: written.success })
  })

  const shaping = rewardFunctions(config)
  const problems = yield* fitting(config, options.train)
  if (problems.leftOut > 0) {
    yield* notice(
      `${problems.leftOut} of ${options.train.length} problems are longer than ${problems.limit} tokens and left out`,
    )
  }
  const watched = heldOut.slice(0, config.evaluation.problems)

  const evaluateHeldOut = Effect.gen(function* () {
    const evaluated = yield* evaluate(watched, {
      template,
      samples: 1,
      temperature: 0,
      maxTokens: config.sampling.maxTokens,
      seed: config.seed,
    })
    const { accuracy } = summariseEvaluation(evaluated, 1)
    const { high, low, value } = accuracy
    const record = {
      kind: "evaluation",
      step: cursor.step,
      problems: watched.length,
      accuracy: value,
      low,
      high,
    } as const
    yield* Effect.uninterruptible(
      Effect.gen(function* () {
        yield* onEvent({ type: "evaluation", record })
        cursor = { ...cursor, records: cursor.records + 1 }
      }),
    )
  })

  const began = yield* seconds
  const firstStep = cursor.step

  const step = Effect.gen(function* () {
    const started = yield* seconds
    const number = cursor.step + 1
    const batch = Batches.batchOf(problems.kept, { seed: config.seed, step: cursor.step, size: config.problemsPerStep })
    const request = {
      problems: batch.map((problem) => ({ problem, prompt: template.render(problem.question) })),
      groupSize: config.sampling.groupSize,
      maxTokens: config.sampling.maxTokens,
      temperature: config.sampling.temperature,
      stop: template.stop,
      seed: config.seed,
      stream: "sampling",
      step: number,
    }
    const { durations, groups } = yield* measure(request, template.answerRules, shaping)
    // From here on the policy changes, so the step is finished and told before anyone may stop the run.
    yield* Effect.uninterruptible(
      Effect.gen(function* () {
        const learned = yield* learn(groups, config.optimizer.updatesPerStep)
        for (const { outcome } of learned.updates) {
          if (outcome === "non-finite") nonFinite += 1
          if (outcome === "applied") nonFinite = 0
        }
        const completions = groups.flatMap((group) => completionRecords(number, group))
        const ended = yield* seconds
        const secondsPerStep = (ended - began) / (number - firstStep)
        const record = summarise(number, groups, learned.updates)
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
    while (cursor.step < config.steps) {
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
      if (cursor.step % config.checkpoint.every === 0 || cursor.step === config.steps) yield* save
      yield* Effect.yieldNow
    }
  })

  yield* Effect.onExit(run, (exit) =>
    Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause) && saved !== cursor ? save : Effect.void,
  )
})
