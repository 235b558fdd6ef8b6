import { readFileSync } from "node:fs"
import { AdamW, DrGrpo, GradientNorm, Grpo, LearningRate, type Objective, Supervised, Surrogate } from "@seed-grpo/grpo"
import { Backend } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"

type Matrix = Array<Array<number>>

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as unknown

const losses = read("trl-losses.json") as {
  readonly inputs: {
    readonly per_token_logps: Matrix
    readonly old_per_token_logps: Matrix
    readonly advantages: Array<number>
    readonly completion_mask: Matrix
    readonly completion_mask_truncated_rows_zeroed: Matrix
  }
  readonly cases: ReadonlyArray<{
    readonly loss_type: "grpo" | "dr_grpo"
    readonly old_logps: "given" | "absent"
    readonly epsilon: number
    readonly epsilon_high: number | null
    readonly mask_truncated: boolean
    readonly loss: number
    readonly grad_logps: Matrix
  }>
}

const optimizers = read("torch-optimizers.json") as {
  readonly initial_params: [Matrix, Array<number>]
  readonly gradients: ReadonlyArray<[Matrix, Array<number>]>
  readonly optimizers: ReadonlyArray<{
    readonly options: {
      readonly lr: number
      readonly betas: readonly [number, number]
      readonly eps: number
      readonly weight_decay: number
      readonly max_grad_norm?: number
    }
    readonly steps: ReadonlyArray<{ readonly grad_norm_before_clip: number; readonly params: [Matrix, Array<number>] }>
  }>
  readonly schedules: ReadonlyArray<{
    readonly name: "linear" | "constant" | "constant_with_warmup"
    readonly warmup_steps: number
    readonly total_steps: number
    readonly lr_at_step_0_to_11: ReadonlyArray<number>
  }>
}

const column = (values: ReadonlyArray<number>) => tf.tensor2d([...values], [values.length, 1])

const lossAndGradient = (
  objective: Objective.Objective,
  logprobs: Matrix,
  rest: Omit<Objective.ObjectiveInput, "logprobs">,
) => {
  const { grad, value } = tf.valueAndGrad((x: tf.Tensor) => objective({ ...rest, logprobs: x as tf.Tensor2D }))(
    tf.tensor2d(logprobs),
  )
  return { loss: value.dataSync()[0]!, gradient: grad.arraySync() as Matrix }
}

layer(Backend.layerCpu)("objectives", (it) => {
  for (const [index, one] of losses.cases.entries()) {
    it(`${one.loss_type} equals TRL (case ${index}, old log-probs ${one.old_logps})`, () => {
      const clip = { low: one.epsilon, high: one.epsilon_high ?? one.epsilon }
      const objective = one.loss_type === "grpo" ? Grpo.grpo({ clip }) : DrGrpo.drGrpo({ clip, maxTokens: 8 })
      const { inputs } = losses
      const { gradient, loss } = lossAndGradient(objective, inputs.per_token_logps, {
        oldLogprobs: tf.tensor2d(one.old_logps === "given" ? inputs.old_per_token_logps : inputs.per_token_logps),
        advantages: column(inputs.advantages),
        mask: tf.tensor2d(one.mask_truncated ? inputs.completion_mask_truncated_rows_zeroed : inputs.completion_mask),
        batchRows: inputs.advantages.length,
      })
      assert.closeTo(loss, one.loss, 1e-6)
      gradient.forEach((row, b) => row.forEach((value, t) => assert.closeTo(value, one.grad_logps[b]![t]!, 1e-6)))
    })
  }

  it("parts of a batch add up to the whole", () => {
    const { inputs } = losses
    for (const objective of [
      DrGrpo.drGrpo({ clip: { low: 0.2, high: 0.2 }, maxTokens: 8 }),
      Grpo.grpo({ clip: { low: 0.2, high: 0.2 } }),
      Supervised.supervised,
    ]) {
      const part = (from: number, to: number) =>
        lossAndGradient(objective, inputs.per_token_logps.slice(from, to), {
          oldLogprobs: tf.tensor2d(inputs.old_per_token_logps.slice(from, to)),
          advantages: column(inputs.advantages.slice(from, to)),
          mask: tf.tensor2d(inputs.completion_mask.slice(from, to)),
          batchRows: 6,
        })
      assert.closeTo(part(0, 2).loss + part(2, 6).loss, part(0, 6).loss, 1e-6)
    }
  })

  it("padding changes nothing", () => {
    const objective = Grpo.grpo({ clip: { low: 0.2, high: 0.2 } })
    const loss = (padding: number) =>
      lossAndGradient(objective, [[-1, -2, ...Array<number>(padding).fill(-9)]], {
        oldLogprobs: tf.tensor2d([[-1.2, -1.9, ...Array<number>(padding).fill(0)]]),
        advantages: column([0.7]),
        mask: tf.tensor2d([[1, 1, ...Array<number>(padding).fill(0)]]),
        batchRows: 1,
      }).loss
    assert.strictEqual(loss(0), loss(5))
  })

  it("a log-ratio beyond every bound gives a finite loss", () => {
    const { loss } = lossAndGradient(DrGrpo.drGrpo({ clip: { low: 0.2, high: 0.2 }, maxTokens: 1 }), [[0]], {
      oldLogprobs: tf.tensor2d([[-500]]),
      advantages: column([-1]),
      mask: tf.tensor2d([[1]]),
      batchRows: 1,
    })
    assert.isTrue(Number.isFinite(loss))
  })

  it("clipped as computed by hand", () => {
    const clip = { low: 0.2, high: 0.2 }
    const cases = [
      [1.3, 0.5, -0.6],
      [1.3, -0.5, 0.65],
      [0.7, 0.5, -0.35],
      [0.7, -0.5, 0.4],
    ] as const
    for (const [ratio, advantage, expected] of cases) {
      assert.closeTo(Surrogate.clippedSurrogateOfToken(ratio, advantage, clip), expected, 1e-12)
      const { loss } = lossAndGradient(DrGrpo.drGrpo({ clip, maxTokens: 1 }), [[Math.log(ratio)]], {
        oldLogprobs: tf.tensor2d([[0]]),
        advantages: column([advantage]),
        mask: tf.tensor2d([[1]]),
        batchRows: 1,
      })
      assert.closeTo(loss, expected, 1e-6)
    }
  })
})

layer(Backend.layerCpu)("optimizer", (it) => {
  for (const { options, steps } of optimizers.optimizers) {
    it(`AdamW equals PyTorch ${JSON.stringify(options)}`, async () => {
      const tensors = ([a, b]: readonly [Matrix, Array<number>]): AdamW.Tensors => ({
        a: tf.tensor2d(a),
        b: tf.tensor1d(b),
      })
      let parameters = tensors(optimizers.initial_params)
      let state = AdamW.initial(parameters)
      for (const [index, { grad_norm_before_clip, params }] of steps.entries()) {
        const gradients = tensors(optimizers.gradients[index]!)
        const norm = await GradientNorm.globalNorm(gradients)
        assert.closeTo(norm, grad_norm_before_clip, 1e-5 * Math.max(1, grad_norm_before_clip))
        const factor = options.max_grad_norm === undefined ? 1 : GradientNorm.clipFactor(norm, options.max_grad_norm)
        const clipped = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, factor)]))
        const next = AdamW.update(
          {
            learningRate: options.lr,
            beta1: options.betas[0],
            beta2: options.betas[1],
            epsilon: options.eps,
            weightDecay: options.weight_decay,
          },
          parameters,
          clipped,
          state,
        )
        parameters = next.parameters
        state = next.state
        const [a, b] = [parameters["a"]!.dataSync(), parameters["b"]!.dataSync()]
        params[0].flat().forEach((value, i) => assert.closeTo(a[i]!, value, 1e-6))
        params[1].forEach((value, i) => assert.closeTo(b[i]!, value, 1e-6))
      }
    })
  }

  for (const schedule of optimizers.schedules) {
    it(`schedule ${schedule.name} with ${schedule.warmup_steps} warm-up steps equals Transformers`, () => {
      const ours =
        schedule.name === "linear"
          ? LearningRate.linear({ rate: 1, totalSteps: schedule.total_steps, warmupSteps: schedule.warmup_steps })
          : LearningRate.constant({
              rate: 1,
              warmupSteps: schedule.name === "constant" ? 0 : schedule.warmup_steps,
            })
      schedule.lr_at_step_0_to_11.forEach((rate, step) => assert.closeTo(ours(step), rate, 1e-12))
    })
  }
})
