/** The numbers of TRL 1.13's own code: loss, gradient and metrics of every option, in float64 and on tensors. */
import { readFileSync } from "node:fs"
import {
  Aggregation,
  Constants,
  Loss,
  Metrics,
  ObjectiveError,
  Reference,
  SamplerMismatch,
  Truncation,
} from "@seed-grpo/grpo"
import { Backend } from "@seed-grpo/runtime"
import { staticTokenScores } from "@seed-grpo/runtime/layers/StaticTokenScores"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it, layer } from "@effect/vitest"
import { onTensors } from "./onTensors.ts"
import {
  type Matrix,
  metricsOf,
  mismatchOf,
  objectiveOf,
  rowsOf,
  samplerMetricsOf,
  totalsOf,
  type TrlInputs,
  type TrlOptions,
} from "./trl.ts"

interface Case {
  readonly options: TrlOptions
  readonly loss: number
  readonly grad_logps: Matrix
  readonly grad_entropies?: Matrix
  readonly metrics: { readonly [name: string]: number | "NaN" }
  readonly importance_sampling_ratio?: Matrix
  readonly num_items_in_batch?: number
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"), (_, value: unknown) =>
    value === "NaN" ? NaN : value,
  ) as unknown

const losses = read("trl-losses") as {
  readonly inputs: TrlInputs
  readonly defaults: TrlOptions
  readonly cases: ReadonlyArray<Case>
  readonly refused_by_trl: ReadonlyArray<{ readonly options: TrlOptions }>
}

/** Options, shapes and masks drawn at random, and advantages per token: made by fixtures/trl-random.py. */
const random = read("trl-random") as { readonly cases: ReadonlyArray<Case & { readonly inputs: TrlInputs }> }

const MAX_TOKENS = 8

/** As near as float64, or float32, has it: of numbers above 1 in relation to them. */
const near = (found: number, expected: number, within: number, name?: string) =>
  assert.closeTo(found, expected, within * Math.max(1, Math.abs(expected)), name)

const closeTo = (found: ReadonlyArray<ArrayLike<number>>, expected: Matrix, within: number) =>
  expected.forEach((row, b) => row.forEach((value, t) => near(found[b]![t]!, value, within, `${b}, ${t}`)))

/** What a case sets, other than the first. */
const title = (options: TrlOptions) => {
  const plain = losses.cases[0]!.options
  return Object.entries(options)
    .filter(([name, value]) => name === "loss_type" || value !== plain[name as keyof TrlOptions])
    .map(([name, value]) => (name === "loss_type" ? value : `${name} ${value}`))
    .join(", ")
}

const check = (one: Case, inputs: TrlInputs, padding: number) => {
  const objective = objectiveOf(one.options, MAX_TOKENS)
  const rows = rowsOf(objective, one.options, inputs)
  const totals = totalsOf(objective, one.options, rows, one.num_items_in_batch)
  const exact = Reference.evaluate(objective, rows, totals)
  near(exact.loss, one.loss, 1e-10)
  closeTo(exact.byLogprob, one.grad_logps, 1e-10)
  if (one.grad_entropies !== undefined) closeTo(exact.byEntropy, one.grad_entropies, 1e-10)

  const trained = onTensors(objective, rows, totals, padding)
  near(trained.loss, one.loss, 1e-6)
  closeTo(trained.byLogprob, one.grad_logps, 1e-6)
  if (one.grad_entropies !== undefined) closeTo(trained.byEntropy, one.grad_entropies, 1e-6)

  if (one.importance_sampling_ratio !== undefined) {
    const weights = rows.map((row) => Constants.ofRow(objective, row, totals).samplerWeights!)
    closeTo(weights, one.importance_sampling_ratio, 1e-10)
  }

  const perToken = ["dapo", "cispo", "vespo"].includes(one.options.loss_type)
  const found: { readonly [name: string]: number } = {
    ...metricsOf(Metrics.measure(objective, rows)),
    policy_loss: exact.policyLoss * (perToken || !one.options.train ? 1 : one.options.grad_accum),
    entropy_coef: objective.entropyBonus,
  }
  for (const [name, value] of Object.entries(one.metrics)) {
    near(found[name]!, Number.isNaN(value) ? 0 : (value as number), 1e-6, name)
  }
}

layer(Backend.layerCpu)("loss, gradient and metrics", (it) => {
  for (const [index, one] of losses.cases.entries()) {
    it(`${index}: ${title(one.options)}`, () => check(one, losses.inputs, index % 3))
  }

  for (const [index, one] of random.cases.entries()) {
    it(`at random, ${index}: ${title(one.options)}`, () => check(one, one.inputs, index % 3))
  }

  it("what TRL refuses is refused", () => {
    for (const { options } of losses.refused_by_trl) {
      assert.throws(() => objectiveOf(options, MAX_TOKENS), ObjectiveError.ObjectiveError)
    }
    const base = { ...losses.cases[0]!.options, use_vllm: true }
    for (const options of [
      { ...base, vllm_importance_sampling_mode: "token_truncate", vllm_importance_sampling_clip_max: null },
      { ...base, vllm_importance_sampling_mode: "token_mask", vllm_importance_sampling_clip_min: 3 },
    ] as ReadonlyArray<TrlOptions>) {
      assert.throws(() => objectiveOf(options, MAX_TOKENS), ObjectiveError.ObjectiveError)
    }
  })
})

describe("sampler mismatch", () => {
  const mismatch = read("trl-mismatch") as {
    readonly old_per_token_logps: Matrix
    readonly sampling_per_token_logps: Matrix
    readonly sampling_per_token_logps_with_nan: Matrix
    readonly completion_mask: Matrix
    readonly cases: ReadonlyArray<{
      readonly sampling: "finite" | "with_nan"
      readonly mode: NonNullable<TrlOptions["vllm_importance_sampling_mode"]>
      readonly clip_min: number | null
      readonly clip_max: number | null
      readonly importance_sampling_ratio: Matrix
      readonly metrics: { readonly [name: string]: number }
    }>
  }

  for (const { clip_max, clip_min, importance_sampling_ratio, metrics, mode, sampling } of mismatch.cases) {
    it(`${mode} within [${clip_min}, ${clip_max}], ${sampling}`, () => {
      const options = mismatchOf(mode, clip_min, clip_max)
      const reported =
        sampling === "finite" ? mismatch.sampling_per_token_logps : mismatch.sampling_per_token_logps_with_nan
      const rows = mismatch.old_per_token_logps.map((oldLogprobs, i) => ({
        advantage: 1,
        logprobs: oldLogprobs,
        oldLogprobs,
        samplerLogprobs: reported[i]!.map(Math.fround),
        mask: mismatch.completion_mask[i]!,
      }))
      const weights = rows.map(({ mask, oldLogprobs, samplerLogprobs }) =>
        SamplerMismatch.weights(SamplerMismatch.mismatch(options), oldLogprobs, samplerLogprobs, mask),
      )
      closeTo(weights, importance_sampling_ratio, 1e-10)
      const objective = objectiveOf(
        {
          ...losses.cases[0]!.options,
          use_vllm: true,
          vllm_importance_sampling_mode: mode,
          vllm_importance_sampling_clip_min: clip_min,
          vllm_importance_sampling_clip_max: clip_max,
        },
        MAX_TOKENS,
      )
      const found = samplerMetricsOf(Metrics.measureSampler(objective, rows)!)
      for (const [name, value] of Object.entries(metrics)) assert.closeTo(found[name]!, value, 1e-10, name)
    })
  }
})

const ends = read("trl-end-to-end") as {
  readonly prompt_length: number
  readonly vocab: number
  readonly logits: ReadonlyArray<Matrix>
  readonly input_ids: Matrix
  readonly mask_truncated_cases: ReadonlyArray<{
    readonly mask_truncated_completions: boolean
    readonly completion_ids: Matrix
    readonly eos_token_id: number
    readonly pad_token_id: number
    readonly completion_mask: Matrix
    readonly num_items_in_batch: number
  }>
  readonly cases: ReadonlyArray<{
    readonly loss_type: TrlOptions["loss_type"]
    readonly temperature: number
    readonly beta: number
    readonly entropy_coef: number
    readonly epsilon: number
    readonly epsilon_high: number | null
    readonly per_token_logps: Matrix
    readonly entropies: Matrix
    readonly loss: number
    readonly grad_logits: ReadonlyArray<Matrix>
  }>
}

/** Logits of a completion's tokens: those at a position predict the next token. */
const predicting = (logits: ReadonlyArray<Matrix>) => logits.map((row) => row.slice(ends.prompt_length - 1, -1))
const targets = ends.input_ids.map((row) => row.slice(ends.prompt_length))

/** `ln softmax(logits / temperature)`, in float64. */
const logSoftmax = (logits: ReadonlyArray<number>, temperature: number) => {
  const most = Math.max(...logits) / temperature
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit / temperature - most), 0))
  return logits.map((logit) => logit / temperature - most - total)
}

const scoresOf = (logits: ReadonlyArray<Matrix>, temperature: number) => {
  const logs = predicting(logits).map((row) => row.map((one) => logSoftmax(one, temperature)))
  return {
    logs,
    logprobs: logs.map((row, b) => row.map((one, t) => one[targets[b]![t]!]!)),
    entropies: logs.map((row) => row.map((one) => -one.reduce((sum, log) => sum + Math.exp(log) * log, 0))),
  }
}

/** From derivatives by log-probability and entropy to those by logit. */
const byLogit = (
  logs: ReadonlyArray<Matrix>,
  temperature: number,
  byLogprob: ReadonlyArray<ArrayLike<number>>,
  byEntropy: ReadonlyArray<ArrayLike<number>>,
) =>
  logs.map((row, b) =>
    row.map((one, t) => {
      const entropy = -one.reduce((sum, log) => sum + Math.exp(log) * log, 0)
      return one.map((log, v) => {
        const p = Math.exp(log)
        const chosen = v === targets[b]![t]! ? 1 : 0
        return (byLogprob[b]![t]! * (chosen - p) - byEntropy[b]![t]! * p * (log + entropy)) / temperature
      })
    }),
  )

const rowsFrom = (
  objective: Parameters<typeof rowsOf>[0],
  options: TrlOptions,
  scores: { readonly logprobs: Matrix; readonly entropies: Matrix },
) => rowsOf(objective, options, { ...losses.inputs, per_token_logps: scores.logprobs, entropies: scores.entropies })

layer(Backend.layerCpu)("from logits to the gradient by logits", (it) => {
  for (const one of ends.cases) {
    it(`${one.loss_type} at temperature ${one.temperature}`, () => {
      const options: TrlOptions = {
        ...losses.cases[0]!.options,
        loss_type: one.loss_type,
        beta: one.beta,
        entropy_coef: one.entropy_coef,
        epsilon: one.epsilon,
        epsilon_high: one.epsilon_high,
        old_logps: "given",
      }
      const objective = objectiveOf(options, MAX_TOKENS)
      const scores = scoresOf(ends.logits, one.temperature)
      closeTo(scores.logprobs, one.per_token_logps, 1e-10)
      closeTo(scores.entropies, one.entropies, 1e-10)
      const rows = rowsFrom(objective, options, scores)
      const totals = totalsOf(objective, options, rows, Aggregation.totals(objective, rows).tokens)
      const exact = Reference.evaluate(objective, rows, totals)
      assert.closeTo(exact.loss, one.loss, 1e-10)
      const expected = predicting(one.grad_logits)
      byLogit(scores.logs, one.temperature, exact.byLogprob, exact.byEntropy).forEach((row, b) =>
        closeTo(row, expected[b]!, 1e-10),
      )

      tf.tidy(() => {
        const constants = Constants.ofRows(objective, rows, totals, { rows: rows.length, columns: targets[0]!.length })
        const { grad, value } = tf.valueAndGrad((logits: tf.Tensor) => {
          const head = { tied: false, trained: false, weight: tf.eye(ends.vocab) } as const
          const scored = staticTokenScores(
            logits as tf.Tensor2D,
            head,
            tf.tensor1d(targets.flat(), "int32"),
            one.temperature,
          )
          const column = (index: number) => tf.reshape(tf.slice(scored, [0, index], [-1, 1]), [rows.length, -1])
          return Loss.ofTensors(objective, { logprobs: column(0), entropies: column(1) }, constants)
        })(tf.tensor2d(predicting(ends.logits).flat() as Array<Array<number>>))
        near(value.dataSync()[0]!, one.loss, 1e-6)
        closeTo(grad.arraySync() as Array<Array<number>>, expected.flat(), 1e-6)
      })
    })
  }

  it("truncated completions are those of TRL", () => {
    for (const one of ends.mask_truncated_cases) {
      const rows = one.completion_ids.map((completion) => ({
        advantage: 1,
        completion,
        truncated: Truncation.isTruncated(completion, [one.eos_token_id, one.pad_token_id]),
      }))
      const objective = { maskTruncated: one.mask_truncated_completions, topEntropy: 1 }
      assert.strictEqual(Aggregation.totals(objective, rows).tokens, one.num_items_in_batch)
    }
  })
})

describe("several steps on one batch", () => {
  const iterations = read("trl-iterations") as {
    readonly cases: ReadonlyArray<{
      readonly loss_type: TrlOptions["loss_type"]
      readonly steps: ReadonlyArray<{
        readonly loss: number
        readonly grad_l2: number
        readonly [name: string]: number
      }>
      readonly final_logits_row0: Matrix
    }>
  }

  for (const one of iterations.cases) {
    it(`${one.loss_type}: loss, gradient and metrics of three`, () => {
      const options: TrlOptions = {
        ...losses.cases[0]!.options,
        loss_type: one.loss_type,
        epsilon_high: one.loss_type === "cispo" ? 5 : null,
        old_logps: "given",
      }
      const objective = objectiveOf(options, MAX_TOKENS)
      let logits = ends.logits
      const old = scoresOf(logits, 1).logprobs
      for (const { grad_l2, loss, ...metrics } of one.steps) {
        const scores = scoresOf(logits, 1)
        const rows = rowsFrom(objective, options, scores).map((row, i) => ({ ...row, oldLogprobs: old[i]! }))
        const totals = totalsOf(objective, options, rows, Aggregation.totals(objective, rows).tokens)
        const exact = Reference.evaluate(objective, rows, totals)
        const gradient = byLogit(scores.logs, 1, exact.byLogprob, exact.byEntropy)
        assert.closeTo(exact.loss, loss, 1e-10)
        assert.closeTo(Math.sqrt(gradient.flat(2).reduce((sum, g) => sum + g * g, 0)), grad_l2, 1e-10)
        const found = metricsOf(Metrics.measure(objective, rows))
        for (const [name, value] of Object.entries(metrics)) assert.closeTo(found[name]!, value, 1e-6, name)
        const from = ends.prompt_length - 1
        logits = logits.map((row, b) =>
          row.map((position, p) => position.map((logit, v) => logit - 2 * (gradient[b]![p - from]?.[v] ?? 0))),
        )
      }
      closeTo(logits[0]!, one.final_logits_row0, 1e-9)
    })
  }
})
