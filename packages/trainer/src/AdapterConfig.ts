/**
 * A low-rank adapter as what a run trains (LoRA; Hu et al., 2021), as an option of the run.
 *
 * @since 0.1.0
 */
import { attempt } from "@seed-grpo/core/Attempt"
import { LoraConfig, ModelFiles, ModelFolder, Parameters } from "@seed-grpo/runtime"
import { Effect, type FileSystem, Path, Schema } from "effect"
import { positive, positiveInteger, withDefault } from "./internal/fields.ts"

/**
 * The adapter: `x W + s (x A) B` in place of `x W`, with `s = alpha / rank`. A run with it trains `A` and `B` and leaves the model's own
 * weights as they are; the optimizer keeps moments of the adapter alone, and checkpoints hold nothing else.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Effect } from "effect"
 * import { RunConfig } from "@seed-grpo/trainer"
 *
 * const run = { model: "policy", steps: 10, data: { kind: "arithmetic" } }
 * const config = Effect.runSync(RunConfig.parse({ ...run, adapter: { rank: 4, targets: ["q_proj", "v_proj"] } }))
 * assert.deepEqual(config.adapter, { rank: 4, alpha: 16, rankStabilised: false, targets: ["q_proj", "v_proj"] })
 *
 * const refused = Effect.runSync(Effect.flip(RunConfig.parse({ ...run, adapter: { rank: 0 } })))
 * assert.match(refused.message, /adapter\.rank: Expected a value greater than 0/)
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const AdapterConfig = Schema.Struct({
  rank: withDefault(positiveInteger, 8),
  alpha: withDefault(positive, 16),
  /** `s = alpha / √rank`, so that a larger rank does not learn more slowly (Kalajdzievski, 2023). */
  rankStabilised: withDefault(Schema.Boolean, false),
  /** Projections by name or ending: `q_proj`, `mlp.up_proj`; all seven of a layer unless given. */
  targets: withDefault(Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1)), LoraConfig.ALL_LINEAR),
})

/**
 * @since 0.1.0
 * @category models
 */
export type AdapterConfig = typeof AdapterConfig.Type

/**
 * What of a run's configuration decides its adapter.
 *
 * @since 0.1.0
 * @category models
 */
export interface AdaptedRun {
  readonly adapter?: AdapterConfig | undefined
  readonly seed: number
}

/** peft passes over a name that fits nothing beside others that do: in a configuration it is a typing error. */
const checkTargets = ({ config }: ModelFolder.Model, { targets }: AdapterConfig) => {
  const modules = Parameters.specs(config).flatMap(({ kind, name }) =>
    kind === "projection" ? [name.replace(/\.weight$/, "")] : [],
  )
  const unknown = targets.filter(
    (target) => !modules.some((module) => module !== "lm_head" && LoraConfig.isNamed(module, target)),
  )
  return unknown.length === 0
    ? Effect.void
    : Effect.fail(
        new LoraConfig.LoraError({
          reason: "no-target",
          at: "adapter.targets",
          expected: `projections of a ${config.architecture} layer`,
          found: unknown.join(", "),
          fix: `Choose among ${LoraConfig.ALL_LINEAR.join(", ")}.`,
        }),
      )
}

/**
 * A model with a fresh adapter on, where a run asks for one. The adapter changes nothing yet, and its numbers are a function of the run's seed.
 * `folder` is where the model lies, which a checkpoint will name.
 *
 * @since 0.1.0
 * @category constructors
 */
export const adapted = Effect.fn("AdapterConfig.adapted")(function* (
  { adapter, seed }: AdaptedRun,
  model: ModelFolder.Model,
  folder: string,
): Effect.fn.Return<ModelFolder.Model, LoraConfig.LoraError, Path.Path> {
  if (adapter === undefined) return model
  const path = yield* Path.Path
  yield* checkTargets(model, adapter)
  // A checkpoint lies elsewhere: from there, a relative path would lead nowhere.
  const lora = { ...adapter, ranks: {}, alphas: {}, baseModel: path.resolve(folder) }
  return yield* attempt(LoraConfig.LoraError, () => ModelFolder.withFreshAdapter(model, lora, seed))
})

/**
 * The model that a run begins with: the one of its folder, {@link adapted} as the run asks.
 *
 * @since 0.1.0
 * @category constructors
 */
export const startingModel = (
  run: AdaptedRun,
  folder: string,
): Effect.Effect<ModelFolder.Model, ModelFolder.LoadError, FileSystem.FileSystem | Path.Path> =>
  Effect.flatMap(ModelFolder.load(folder), (model) => adapted(run, model, folder))

/**
 * The model that a run goes on with: the one of its checkpoint. An adapter of the run's own is put on the model of the run, wherever
 * that lies by now: a checkpoint must not be edited.
 *
 * @since 0.1.0
 * @category constructors
 */
export const resumedModel = Effect.fn("AdapterConfig.resumedModel")(function* (
  run: AdaptedRun,
  checkpoint: string,
  folder: string,
): Effect.fn.Return<ModelFolder.Model, ModelFolder.LoadError, FileSystem.FileSystem | Path.Path> {
  if (run.adapter === undefined) return yield* ModelFolder.load(checkpoint)
  const path = yield* Path.Path
  const base = yield* ModelFolder.load(folder)
  const { config, ...model } = yield* ModelFolder.withAdapter(base, yield* ModelFiles.fromFolder(checkpoint))
  return {
    ...model,
    config: { ...config, adapter: { ...config.adapter!, baseModel: path.resolve(folder) } },
  }
})
