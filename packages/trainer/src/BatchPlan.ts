/**
 * What a step of a run comes to, in rows, updates, passes and memory, before it is run. Nothing has to divide anything:
 * what does not is spread, and said in words.
 *
 * @since 0.1.0
 */
import { MemoryEstimate } from "@seed-grpo/grpo"
import type { ModelConfig } from "@seed-grpo/runtime"
import type { RunConfig } from "./RunConfig.ts"

/**
 * What a plan is made from.
 *
 * @since 0.1.0
 * @category models
 */
export interface BatchRequest {
  /** Problems to train on, whose prompts fit. */
  readonly problems: number
  readonly steps: number
  readonly problemsPerStep: number
  readonly groupSize: number
  readonly updatesPerStep: number
  /** How often the updates go through the completions of a step. */
  readonly epochs: number
  readonly microBatchTokens: number
  /** Tokens sampled side by side, at most. */
  readonly batchTokens: number
  readonly maxTokens: number
  /** The longest prompt. */
  readonly promptTokens: number
  readonly gradientCheckpointing: boolean
  /** Tensors that the optimizer keeps of each parameter. */
  readonly slots: number
  /** Whether a second policy is held, not to drift away from. */
  readonly reference: boolean
  /** How often is sampled to replace groups without a signal, at most; 1 for once. */
  readonly rounds: number
  readonly model: ModelConfig.ModelConfig
}

/**
 * @since 0.1.0
 * @category models
 */
export interface BatchPlan {
  /** Completions of a step. */
  readonly rows: number
  /** Completions in each optimizer step of one pass through a step's completions, groups kept whole. */
  readonly updates: ReadonlyArray<number>
  /** Optimizer steps of a step. */
  readonly updatesOfStep: number
  /** Longest prompt and completion together. */
  readonly longestRow: number
  /** Completions differentiated at once where all are as long as the longest. */
  readonly rowsPerMicroBatch: number
  /** Micro-batches of the largest update, at most. */
  readonly microBatches: number
  /** Batches that are sampled one after the other, at most. */
  readonly samplingBatches: number
  /** Tokens of prompts and completions of a step, at most. */
  readonly tokens: number
  /** How often the run goes through all problems. */
  readonly passes: number
  readonly memory: MemoryEstimate.MemoryEstimate
  /** What was adjusted or is worth a thought, in sentences. */
  readonly notes: ReadonlyArray<string>
}

/** `count` dealt to at most `parts`, as evenly as it goes. */
const dealt = (count: number, parts: number): ReadonlyArray<number> =>
  Array.from(
    { length: parts },
    (_, part) => Math.floor(((part + 1) * count) / parts) - Math.floor((part * count) / parts),
  ).filter((size) => size > 0)

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

/**
 * The plan of a batch.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ModelConfig } from "@seed-grpo/runtime"
 * import { BatchPlan } from "@seed-grpo/trainer"
 *
 * const model = ModelConfig.parse({
 *   model_type: "qwen2", hidden_act: "silu", vocab_size: 64, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2,
 *   num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 256, rms_norm_eps: 1e-6,
 *   rope_theta: 10000, eos_token_id: 0
 * })
 * const plan = BatchPlan.make({
 *   problems: 1000, steps: 100, problemsPerStep: 10, groupSize: 8, updatesPerStep: 3, microBatchTokens: 1024,
 *   batchTokens: 8192, maxTokens: 100, promptTokens: 28, gradientCheckpointing: false, slots: 2,
 *   epochs: 1, rounds: 1, reference: false, model
 * })
 * assert.deepEqual(plan.updates, [24, 24, 32])
 * assert.equal(plan.rowsPerMicroBatch, 8)
 * assert.match(plan.notes[0]!, /10 groups do not divide by 3 updates: they get 3, 3 and 4/)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (request: BatchRequest): BatchPlan => {
  const { groupSize, maxTokens, model, problems, problemsPerStep, promptTokens, updatesPerStep } = request
  const rows = problemsPerStep * groupSize
  const groups = dealt(problemsPerStep, updatesPerStep)
  const updates = groups.map((count) => count * groupSize)
  const longestRow = Math.min(promptTokens + maxTokens, model.maxPositions)
  const largest = Math.max(...updates)
  const rowsPerMicroBatch = Math.min(largest, Math.max(1, Math.floor(request.microBatchTokens / longestRow)))
  const microBatches = Math.ceil(largest / rowsPerMicroBatch)
  const groupsAtOnce = Math.max(1, Math.floor(request.batchTokens / (groupSize * longestRow)))
  const samplingBatches = Math.ceil(problemsPerStep / groupsAtOnce)
  const memory = MemoryEstimate.estimate(model, {
    rows: rowsPerMicroBatch,
    promptTokens: Math.min(promptTokens, longestRow),
    completionTokens: Math.max(1, longestRow - promptTokens),
    accumulates: microBatches > 1,
    gradientCheckpointing: request.gradientCheckpointing,
    slots: request.slots,
    policies: request.reference ? 2 : 1,
    sampledTokens: Math.min(groupsAtOnce, problemsPerStep) * groupSize * longestRow,
  })
  const listed = new Set(groups).size > 1
  const notes = [
    ...(groups.length < updatesPerStep
      ? [
          `${plural(problemsPerStep, "group")} cannot be dealt to ${updatesPerStep} updates: ` +
            `there will be ${groups.length} in a step, of one group each.`,
        ]
      : listed
        ? [
            `${problemsPerStep} groups do not divide by ${updatesPerStep} updates: they get ` +
              `${groups.length > 8 ? `${Math.min(...groups)} or ${Math.max(...groups)}` : new Intl.ListFormat("en-GB").format(groups.map(String))}.`,
          ]
        : []),
    ...(problemsPerStep > problems
      ? [
          `There are only ${plural(problems, "problem")}, so a step of ${problemsPerStep} has some of them more than once.`,
        ]
      : []),
    ...(longestRow > request.microBatchTokens
      ? [
          `The longest prompt and completion have ${longestRow} tokens, more than optimizer.microBatchTokens ` +
            `(${request.microBatchTokens}): such a completion is differentiated alone.`,
        ]
      : []),
    ...(groupSize * longestRow > request.batchTokens
      ? [
          `A group may have ${groupSize * longestRow} tokens, more than sampling.batchTokens (${request.batchTokens}): ` +
            `groups are sampled one by one.`,
        ]
      : []),
    ...(request.rounds > 1
      ? [
          `Groups without a signal are replaced: up to ${request.rounds} times as many completions are sampled as are ` +
            "learned from.",
        ]
      : []),
    ...(promptTokens + maxTokens > model.maxPositions
      ? [
          `The longest prompt (${promptTokens} tokens) leaves ${longestRow - promptTokens} of ${maxTokens} tokens for a ` +
            `completion: the model holds ${model.maxPositions}.`,
        ]
      : []),
  ]
  return {
    rows,
    updates,
    updatesOfStep: request.epochs * updates.length,
    longestRow,
    rowsPerMicroBatch,
    microBatches,
    samplingBatches,
    tokens: rows * longestRow,
    passes: (request.steps * problemsPerStep) / problems,
    memory,
    notes,
  }
}

/**
 * The request of a run, for the model that it trains: with the adapter on, where there is one.
 *
 * @since 0.1.0
 * @category conversions
 */
export const ofRun = (
  { optimizer, problemsPerStep, reference, sampling, steps }: RunConfig,
  given: Pick<BatchRequest, "problems" | "promptTokens" | "slots" | "model">,
): BatchRequest => ({
  ...given,
  steps,
  problemsPerStep,
  groupSize: sampling.groupSize,
  maxTokens: sampling.maxTokens,
  batchTokens: sampling.batchTokens,
  updatesPerStep: optimizer.updatesPerStep,
  epochs: optimizer.epochs,
  rounds: sampling.dynamic?.maxRounds ?? 1,
  // The base of an adapter is held anyway: with the adapter off it is the initial policy.
  reference: reference === "initial" ? given.model.adapter === undefined : reference !== "none",
  microBatchTokens: optimizer.microBatchTokens,
  gradientCheckpointing: optimizer.gradientCheckpointing,
})

const bytes = (count: number): string =>
  count >= 1e9 ? `${(count / 1e9).toPrecision(3)} GB` : `${(count / 1e6).toPrecision(3)} MB`

/**
 * A plan in one line.
 *
 * @since 0.1.0
 * @category formatting
 */
export const line = (plan: BatchPlan): string =>
  `${plan.rows} completions a step in ${plural(plan.updatesOfStep, "update")}, each in up to ` +
  `${plural(plan.microBatches, "micro-batch", "micro-batches")} of ${plan.rowsPerMicroBatch} or more · ` +
  `at most ${plan.tokens} tokens · ${plan.passes.toPrecision(2)} times through the problems · some ${bytes(plan.memory.total)} of memory`

/**
 * A plan in full, one line each.
 *
 * @since 0.1.0
 * @category formatting
 */
export const lines = (plan: BatchPlan): ReadonlyArray<string> => {
  const { activations, cache, gradients, moments, total, weights } = plan.memory
  const sizes = [...new Set(plan.updates)].toSorted((a, b) => a - b)
  return [
    `completions a step    ${plan.rows}, sampled in ${plural(plan.samplingBatches, "batch", "batches")} at most`,
    `updates a step        ${plan.updatesOfStep}, of ${sizes.join(" or ")} completions`,
    `micro-batches         ${plan.microBatches} an update at most, of ${plan.rowsPerMicroBatch} completions where all have ${plan.longestRow} tokens, more where they are shorter`,
    `tokens a step         ${plan.tokens} at most`,
    `through the problems  ${plan.passes.toPrecision(3)} times; a step runs on from one pass into the next`,
    `memory, about         ${bytes(total)}: weights ${bytes(weights)}, moments ${bytes(moments)}, and the larger of sampling ${bytes(cache)} and updating ${bytes(gradients + activations)}`,
    ...plan.notes.map((note) => `note: ${note}`),
  ]
}
