/**
 * What a run comes to, before it is run.
 */
import type { Problem } from "@seed-grpo/core"
import { Template } from "@seed-grpo/data"
import { type ModelConfig, type ModelFolder, Parameters } from "@seed-grpo/runtime"
import { AdapterConfig, BatchPlan, OptimizerConfig, Pipeline, type RunConfig } from "@seed-grpo/trainer"
import { Console, Effect } from "effect"
import { UsageError } from "./UsageError.ts"

const millions = (numbers: number): string => `${(numbers / 1e6).toFixed(2)} M`

/** How large a policy is, and how much of it is trained where that is not all. */
export const sizeOf = (model: ModelConfig.ModelConfig): string => {
  const size = `${millions(Parameters.count(model))} parameters`
  if (model.adapter === undefined) return size
  const { rank, rankStabilised } = model.adapter
  const kind = `${rankStabilised ? "a rank-stabilised" : "an"} adapter of rank ${rank}`
  // Exactly: an adapter is often less than a hundredth of a million.
  return `${size}, of which the ${Parameters.countTrainable(model).toLocaleString("en")} of ${kind} are trained`
}

/** The plan of a run whose problems are loaded; nothing where no prompt fits. */
export const planOf = (
  config: RunConfig.RunConfig,
  { config: model, tokenizer }: Pick<ModelFolder.Model, "config" | "tokenizer">,
  problems: ReadonlyArray<Problem>,
): { readonly plan: BatchPlan.BatchPlan; readonly fitting: number } | undefined => {
  const { render } = Template.templates[config.template]
  const limit = Math.min(config.sampling.maxPromptTokens, model.maxPositions - 1)
  const lengths = problems
    .map(({ question }) => tokenizer.encode(render(question)).length)
    .filter((length) => length > 0 && length <= limit)
  if (lengths.length === 0) return undefined
  const plan = BatchPlan.make(
    BatchPlan.ofRun(config, {
      problems: lengths.length,
      promptTokens: lengths.reduce((a, b) => Math.max(a, b), 0),
      slots: OptimizerConfig.optimizer(config.optimizer).slots.length,
      model,
    }),
  )
  return { plan, fitting: lengths.length }
}

/** Checks everything that can be checked without the weights, prints the plan, and ends. */
export const dryRun = Effect.fn("dryRun")(function* (config: RunConfig.RunConfig) {
  const { heldOut, rejected, train } = yield* Pipeline.problems(config)
  const model = yield* AdapterConfig.startingModel(config, config.model)
  const planned = planOf(config, model, train)
  if (planned === undefined) {
    return yield* Effect.fail(
      new UsageError({
        reason: "unreadable-input",
        at: "training problems",
        expected: `prompts of at most ${config.sampling.maxPromptTokens} tokens that the model has room for`,
        found: "none",
        fix: "Use a model with more context, or raise sampling.maxPromptTokens.",
      }),
    )
  }
  yield* Console.log(
    [
      `method                ${config.advantage.method}, ${config.steps} steps`,
      `problems              ${planned.fitting} whose prompts fit of ${train.length}, ${heldOut.length} held out` +
        (rejected.length === 0 ? "" : `, ${rejected.length} lines set aside`),
      `policy                ${model.config.architecture}, ${sizeOf(model.config)}`,
      ...BatchPlan.lines(planned.plan),
      "Nothing was trained: this was --dry-run.",
    ].join("\n"),
  )
})
