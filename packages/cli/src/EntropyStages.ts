/**
 * From flags to the stages of a score: who judges, which estimator, which interval.
 */
import { Equivalent } from "@seed-grpo/core"
import { Estimators, EntropyScorer, Interval, Judge, type JudgeError, type Score, Unreadable } from "@seed-grpo/entropy"
import type { ChatModelError } from "@seed-grpo/entropy/ChatModelError"
import * as EntailmentRule from "@seed-grpo/entropy/EntailmentRule"
import * as NliJudge from "@seed-grpo/entropy/NliJudge"
import type { OnnxRuntime } from "@seed-grpo/entropy/NliModel"
import { Cluster } from "@seed-grpo/equivalence"
import { Effect, type FileSystem, Layer, Option, type Path } from "effect"
import { Flag } from "effect/cli"
import { type JudgeOptions, judgeFlags, judgeLayer } from "./EndpointSampling.ts"
import { UsageError } from "./UsageError.ts"

const RULES = {
  strict: EntailmentRule.strict,
  lenient: EntailmentRule.lenient,
  "kuhn-2023": EntailmentRule.kuhn2023,
  "either-way": EntailmentRule.eitherWay,
}

const keysOf = <Name extends string>(record: Readonly<Record<Name, unknown>>) => Object.keys(record) as Array<Name>

export const stageFlags = {
  equivalence: Flag.Literals("equivalence", ["math", "exact", "nli", "llm"]).pipe(
    Flag.withDescription(
      "When two answers mean the same: by mathematical value, as the same text, by a model of entailment (--nli-model), or " +
        "by asking a language model (--judge-model)",
    ),
    Flag.withDefault("math" as const),
  ),
  nliModel: Flag.Directory("nli-model", { mustExist: true }).pipe(
    Flag.withDescription("Folder of an ONNX export of an MNLI model; needs the package onnxruntime-node"),
    Flag.optional,
  ),
  nliRule: Flag.Literals("nli-rule", keysOf(RULES)).pipe(
    Flag.withDescription("Which of the rules that are called bidirectional entailment"),
    Flag.withDefault("strict" as const),
  ),
  ...judgeFlags,
  estimator: Flag.Literals("estimator", keysOf(Estimators.ESTIMATORS)).pipe(
    Flag.withDescription('How the entropy is estimated; those with likelihoods need "meanLogprobs"'),
    Flag.withDefault("discrete" as const),
  ),
  interval: Flag.Literals("interval", ["bayesian", "bootstrap", "none"]).pipe(
    Flag.withDescription(
      "What the entropy of infinitely many answers may be, in 95 % of cases; left out above 1000 answers, where it is slow",
    ),
    Flag.withDefault("bayesian" as const),
  ),
  meanings: Flag.Int("meanings").pipe(
    Flag.withDescription(
      "How many meanings are possible at all, for the Bayesian interval; 32, or the number of answers if greater, when not given",
    ),
    Flag.optional,
  ),
  unreadable: Flag.Literals("unreadable", [...Unreadable.POLICIES]).pipe(
    Flag.withDescription("What responses without an answer count as"),
    Flag.withDefault("own-cluster" as const),
  ),
}

interface StageOptions extends JudgeOptions {
  readonly equivalence: "math" | "exact" | "nli" | "llm"
  readonly nliModel: Option.Option<string>
  readonly nliRule: keyof typeof RULES
  readonly estimator: keyof typeof Estimators.ESTIMATORS
  readonly interval: "bayesian" | "bootstrap" | "none"
  readonly meanings: Option.Option<number>
  readonly unreadable: Unreadable.UnreadablePolicy
}

const onnxRuntime = Effect.tryPromise({
  try: () => import("onnxruntime-node") as Promise<unknown> as Promise<OnnxRuntime>,
  catch: (cause) =>
    new UsageError({
      reason: "missing-option",
      at: "--equivalence nli",
      expected: "the package onnxruntime-node",
      found: String(cause),
      fix: "npm install onnxruntime-node",
      cause,
    }),
})

const nliLayer = ({ nliModel, nliRule }: StageOptions) =>
  Layer.unwrap(
    Effect.gen(function* () {
      if (Option.isNone(nliModel)) {
        return yield* Effect.fail(
          new UsageError({
            reason: "missing-option",
            at: "--nli-model",
            expected: "the folder of an exported MNLI model",
            found: "nothing",
            fix: "optimum-cli export onnx --model microsoft/deberta-large-mnli ./mnli writes one.",
          }),
        )
      }
      return NliJudge.layerFolder(nliModel.value, yield* onnxRuntime, { rule: RULES[nliRule] })
    }),
  )

/** Whoever says what means the same. */
const equivalenceLayer = (
  options: StageOptions,
): Layer.Layer<Judge.Judge, UsageError | JudgeError.JudgeError | ChatModelError, FileSystem.FileSystem | Path.Path> => {
  switch (options.equivalence) {
    case "math":
      return Judge.layerOf(Equivalent.memoized(Cluster.math()))
    case "exact":
      return Judge.layerExact
    case "nli":
      return nliLayer(options)
    case "llm":
      return judgeLayer(options)
  }
}

/** Drawing an interval takes a second here, and minutes at 100,000. */
const MOST_FOR_INTERVAL = 1000

/** Intervals of equal counts are equal, and few groups have counts of their own. */
const bayesian = (meanings: Option.Option<number>): ((sample: Score.Sample) => Interval.Interval) => {
  const options = Option.isSome(meanings) ? { meanings: meanings.value } : {}
  const known = new Map<string, Interval.Interval>()
  return ({ counts }) => {
    const sorted = counts.toSorted((a, b) => b - a)
    const name = sorted.join()
    const interval = known.get(name) ?? Interval.bayesian(sorted, options)
    known.set(name, interval)
    return interval
  }
}

const bootstrap = ({ clusterIds, counts, meanLogprobs }: Score.Sample): Interval.Interval =>
  meanLogprobs === undefined ? Interval.bootstrap(counts) : Interval.bootstrapWeighted(clusterIds, meanLogprobs)

export const stages = (options: StageOptions) => {
  const draw = { bayesian: bayesian(options.meanings), bootstrap, none: undefined }[options.interval]
  const interval: Score.ScoreOptions["interval"] =
    draw && ((sample) => (sample.clusterIds.length > MOST_FOR_INTERVAL ? undefined : draw(sample)))
  return Layer.merge(
    equivalenceLayer(options),
    EntropyScorer.layer({
      estimator: Estimators.ESTIMATORS[options.estimator],
      unreadable: options.unreadable,
      ...(interval === undefined ? {} : { interval }),
    }),
  )
}
