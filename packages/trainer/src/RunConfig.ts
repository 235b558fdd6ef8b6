/**
 * The configuration of a run, as JSON. Unknown keys are errors: an option that nothing reads is a mistake that nobody
 * sees.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { problems } from "@seed-grpo/core/SchemaProblems"
import { Effect, Schema } from "effect"
import { AdapterConfig } from "./AdapterConfig.ts"
import { AdvantageConfig, RewardConfig } from "./AdvantageConfig.ts"
import { nonNegativeInteger, positive, positiveInteger, share, withDefault } from "./internal/fields.ts"
import { checkLoop, CheckpointConfig, CurriculumConfig, DynamicSamplingConfig, EvaluationConfig } from "./LoopConfig.ts"
import { ObjectiveConfig } from "./ObjectiveConfig.ts"
import { OptimizerConfig } from "./OptimizerConfig.ts"
import { checkReference, ReferenceConfig } from "./ReferenceConfig.ts"

/**
 * Where problems come from.
 *
 * @since 0.1.0
 * @category schemas
 */
export const DataConfig = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("arithmetic"),
    curriculum: Schema.optionalKey(CurriculumConfig),
    /** Decides which problems are held out. */
    seed: withDefault(nonNegativeInteger, 0),
    heldOut: withDefault(positiveInteger, 250),
  }),
  Schema.Struct({
    kind: Schema.Literal("files"),
    curriculum: Schema.optionalKey(CurriculumConfig),
    train: Schema.NonEmptyString,
    /** Problems to evaluate on; without it there is no evaluation. */
    heldOut: Schema.optionalKey(Schema.NonEmptyString),
    /** More unusable lines than this, and the file is refused. */
    maxRejectedShare: withDefault(share, 0.05),
  }),
])

/** Options that whoever comes from another trainer may look for: better a reason than an unknown key. */
const notInTraining = Schema.optionalKey(
  Schema.Never.annotate({
    message: "Expected no such option: the policy is trained on tokens drawn from itself, at a temperature and no more",
  }),
)

const SamplingConfig = Schema.Struct({
  /** `G` */
  groupSize: withDefault(positiveInteger.check(Schema.isGreaterThan(1)), 8),
  temperature: withDefault(positive, 1),
  maxTokens: withDefault(positiveInteger, 3000),
  /** Problems with longer prompts are left out. */
  maxPromptTokens: withDefault(positiveInteger, 1024),
  /** Tokens of prompts and completions decoded side by side, at most: memory grows with it, results do not change. */
  batchTokens: withDefault(positiveInteger, 65_536),
  dynamic: Schema.optionalKey(DynamicSamplingConfig),
  topK: notInTraining,
  topP: notInTraining,
  minP: notInTraining,
  repetitionPenalty: notInTraining,
})

const EntropyConfig = Schema.Struct({
  estimator: withDefault(Schema.Literals(["discrete", "likelihood-weighted"]), "discrete"),
  unreadable: withDefault(Schema.Literals(["own-cluster", "shared-cluster", "left-out"]), "own-cluster"),
})

/**
 * Everything that decides a run. Defaults are Dr.GRPO's recipe, which SEED-GRPO follows.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RunConfig = Schema.Struct({
  /** A Hugging Face model folder; relative paths start at the configuration file. */
  model: Schema.NonEmptyString,
  /** A low-rank adapter on that model, which alone is trained; without it, all weights are. */
  adapter: Schema.optionalKey(AdapterConfig),
  seed: withDefault(nonNegativeInteger, 0),
  steps: positiveInteger,
  problemsPerStep: withDefault(positiveInteger, 128),
  data: DataConfig,
  template: withDefault(Schema.Literals(["none", "qwen_math", "r1"]), "none"),
  sampling: withDefault(SamplingConfig, {}),
  equivalence: withDefault(Schema.Literals(["math", "exact"]), "math"),
  entropy: withDefault(EntropyConfig, {}),
  reward: withDefault(RewardConfig, {}),
  advantage: withDefault(AdvantageConfig, { method: "seed-grpo" }),
  objective: withDefault(ObjectiveConfig, {}),
  reference: withDefault(ReferenceConfig, "none"),
  optimizer: withDefault(OptimizerConfig, {}),
  evaluation: withDefault(EvaluationConfig, {}),
  checkpoint: withDefault(CheckpointConfig, {}),
}).check(
  Schema.makeFilter(checkReference),
  Schema.makeFilter(({ reward: { overlong }, sampling: { maxTokens } }) =>
    overlong === undefined || overlong.buffer <= maxTokens
      ? undefined
      : { path: ["reward", "overlong", "buffer"], issue: `Expected at most sampling.maxTokens, ${maxTokens}` },
  ),
  Schema.makeFilter(checkLoop),
)

/**
 * @since 0.1.0
 * @category models
 */
export type RunConfig = typeof RunConfig.Type

/**
 * A configuration that was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class RunConfigError extends ExplainedError<"not-json" | "invalid"> {
  readonly _tag = "RunConfigError"
}

const decode = Schema.decodeUnknownEffect(RunConfig)

/**
 * Reads a parsed configuration. Every problem is reported at once, each with its path.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Effect } from "effect"
 * import { RunConfig } from "@seed-grpo/trainer"
 *
 * const config = RunConfig.parse({ model: "policy", steps: 10, data: { kind: "arithmetic" } })
 * assert.equal(Effect.runSync(config).sampling.groupSize, 8)
 *
 * const typo = RunConfig.parse({ model: "policy", steps: 10, data: { kind: "arithmetic" }, stepz: 1 })
 * assert.match(Effect.runSync(Effect.flip(typo)).message, /stepz/)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (json: unknown, source = "configuration"): Effect.Effect<RunConfig, RunConfigError> =>
  decode(json, { onExcessProperty: "error", errors: "all" }).pipe(
    Effect.mapError(
      (cause) =>
        new RunConfigError({
          reason: "invalid",
          at: source,
          expected: "the options of a run",
          found: `something else:\n${problems(cause)
            .map((problem) => `  ${problem}`)
            .join("\n")}`,
          fix: "The README of @seed-grpo/trainer lists the options.",
          cause,
        }),
    ),
  )

/**
 * Parses the text of a configuration file as JSON.
 *
 * @since 0.1.0
 * @category constructors
 */
export const json = (text: string, source: string): Effect.Effect<unknown, RunConfigError> =>
  Effect.try({
    try: () => JSON.parse(text) as unknown,
    catch: (cause) =>
      new RunConfigError({
        reason: "not-json",
        at: source,
        expected: "JSON",
        found: cause instanceof Error ? cause.message : "something else",
        fix: "Correct the file.",
        cause,
      }),
  })

/**
 * Reads the text of a configuration file.
 *
 * @since 0.1.0
 * @category constructors
 */
export const parseText = (text: string, source: string): Effect.Effect<RunConfig, RunConfigError> =>
  Effect.flatMap(json(text, source), (parsed) => parse(parsed, source))
