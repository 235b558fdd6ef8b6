/** Optimizers against PyTorch's numbers, schedules and groups against Transformers'. */
import { readFileSync } from "node:fs"
import {
  AdamW,
  AmsGrad,
  GradientNorm,
  LearningRate,
  Optimizer,
  type Optimizer as Optimizers,
  ParameterGroups,
  Sgd,
} from "@seed-grpo/grpo"
import { Backend, Lora, LoraConfig, ModelConfig, Parameters } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it, layer } from "@effect/vitest"

type Matrix = Array<Array<number>>
type Values = readonly [Matrix, Array<number>]

interface OptimizerCase {
  readonly options: {
    readonly kind: "adamw" | "sgd"
    readonly lr: number
    readonly weight_decay: number
    readonly betas?: readonly [number, number]
    readonly eps?: number
    readonly amsgrad?: boolean
    readonly momentum?: number
    readonly nesterov?: boolean
    readonly max_grad_norm?: number
  }
  readonly steps: ReadonlyArray<{ readonly grad_norm_before_clip: number; readonly params: Values }>
}

interface ScheduleCase {
  readonly name: string
  readonly warmup_steps: number
  readonly total_steps: number
  /** 1 unless given. */
  readonly rate?: number
  readonly kwargs: {
    readonly num_cycles?: number
    readonly min_lr_rate?: number
    readonly min_lr?: number
    readonly lr_end?: number
    readonly power?: number
    readonly timescale?: number
  }
  readonly lr_at_step_0_to_11: ReadonlyArray<number>
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as unknown

const golden = read("optimizers.json") as {
  readonly initial_params: Values
  readonly gradients: ReadonlyArray<Values>
  readonly optimizers: ReadonlyArray<OptimizerCase>
  readonly schedules: ReadonlyArray<ScheduleCase>
}
const more = read("optimizers-more.json") as Pick<typeof golden, "optimizers" | "schedules"> & {
  readonly decay: { readonly [model: string]: { readonly [parameter: string]: boolean } }
  readonly decay_of_adapter: { readonly [parameter: string]: boolean }
}

const fixture = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../runtime/test/fixtures/${path}`, import.meta.url), "utf8"))

const optimizerOf = ({ amsgrad, betas, eps, kind, momentum = 0, nesterov }: OptimizerCase["options"]) => {
  if (kind === "sgd") {
    if (momentum === 0) return Sgd.sgd
    return nesterov === true ? Sgd.nesterov(momentum) : Sgd.momentum(momentum)
  }
  const [beta1, beta2] = betas!
  return (amsgrad === true ? AmsGrad.amsGrad : AdamW.adamW)({ beta1, beta2, epsilon: eps! })
}

const tensors = ([a, b]: Values): Optimizers.Tensors => ({ a: tf.tensor2d(a), b: tf.tensor1d(b) })

const numbers = (of: Optimizers.Tensors) => Object.values(of).map((tensor) => Array.from(tensor.dataSync()))

const adam = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }
const every = [AdamW.adamW(adam), AmsGrad.amsGrad(adam), Sgd.sgd, Sgd.momentum(0.9), Sgd.nesterov(0.9)]

layer(Backend.layerCpu)("optimizers", (it) => {
  it("are all of the golden file", () => {
    assert.deepStrictEqual([golden.optimizers.length, golden.schedules.length], [6, 21])
  })

  for (const { options, steps } of [...golden.optimizers, ...more.optimizers]) {
    const { lr: learningRate, max_grad_norm: longest, weight_decay: weightDecay } = options
    it(`equal PyTorch: ${JSON.stringify(options)}`, async () => {
      const optimizer = optimizerOf(options)
      let parameters = tensors(golden.initial_params)
      let state = Optimizer.initial(optimizer, parameters)
      for (const [index, { grad_norm_before_clip: expectedNorm, params }] of steps.entries()) {
        const gradients = tensors(golden.gradients[index]!)
        const norm = await GradientNorm.globalNorm(gradients)
        assert.closeTo(norm, expectedNorm, 1e-6 * Math.max(1, expectedNorm))
        const factor = longest === undefined ? 1 : GradientNorm.clipFactor(norm, longest)
        const clipped = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, factor)]))
        const next = Optimizer.update(optimizer, () => ({ learningRate, weightDecay }), parameters, clipped, state)
        parameters = next.parameters
        state = next.state
        assert.strictEqual(state.step, index + 1)
        const found = numbers(parameters).flat()
        for (const [i, value] of params.flat(2).entries()) {
          assert.closeTo(found[i]!, value, 1e-6 * Math.max(1, Math.abs(value)))
        }
      }
    })
  }

  for (const optimizer of every) {
    const start = () => tensors(golden.initial_params)
    it(`${optimizer.name}: rates may be scalars, so that one program serves all steps`, () => {
      const parameter = tf.tensor1d([0.3, -2])
      const gradient = tf.tensor1d([0.5, 0.25])
      const slots = Object.fromEntries(optimizer.slots.map((slot, i) => [slot, tf.tensor1d([0.1 * i, 0.2])]))
      const rates = optimizer.rates({ learningRate: 0.01, weightDecay: 0.1 }, 4)
      const scalars = Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, tf.scalar(rate)]))
      const [plain, scalar] = [rates, scalars].map((of) => optimizer.moved(of, parameter, gradient, slots))
      const near = (a: tf.Tensor, b: tf.Tensor) => {
        const [left, right] = [a.dataSync(), b.dataSync()]
        left.forEach((value, i) => assert.closeTo(value, right[i]!, 1e-7 * Math.max(1, Math.abs(value))))
      }
      near(plain!.parameter, scalar!.parameter)
      for (const slot of optimizer.slots) near(plain!.slots[slot]!, scalar!.slots[slot]!)
    })

    it(`${optimizer.name}: a learning rate of 0 changes nothing, inputs stay, and no tensor is left`, () => {
      const parameters = start()
      const gradients = tensors(golden.gradients[0]!)
      const state = Optimizer.initial(optimizer, parameters)
      const before = tf.memory().numTensors
      const still = () => ({ learningRate: 0, weightDecay: 0.5 })
      const next = Optimizer.update(optimizer, still, parameters, gradients, state)
      assert.deepStrictEqual(numbers(next.parameters), numbers(parameters))
      assert.strictEqual(tf.memory().numTensors, before + 2 * (1 + optimizer.slots.length))
      tf.dispose(Object.values(next.parameters))
      Optimizer.dispose(next.state)
      assert.strictEqual(tf.memory().numTensors, before)
      assert.deepStrictEqual(numbers(parameters), numbers(start()))
      for (const tensor of Object.values(state.slots).flatMap((of) => Object.values(of))) {
        assert.isTrue(tensor.dataSync().every((value: number) => value === 0))
      }
    })
  }

  it("bias corrections are float64's, however late", () => {
    const { rootCorrection, stepSize } = AdamW.rates({ ...adam, beta2: 0.999, learningRate: 1, weightDecay: 0 }, 0)
    assert.closeTo(stepSize, 10, 1e-14)
    assert.closeTo(rootCorrection, Math.sqrt(0.001), 1e-16)
    const late = AdamW.rates({ ...adam, learningRate: 1, weightDecay: 0 }, 1_000_000)
    assert.deepStrictEqual([late.stepSize, late.rootCorrection], [1, 1])
  })
})

const scheduleOf = ({ kwargs, name, rate = 1, total_steps: totalSteps, warmup_steps }: ScheduleCase) => {
  const options = { rate, totalSteps, warmupSteps: warmup_steps }
  const { lr_end: end = 1e-7, min_lr, min_lr_rate, num_cycles: cycles, power, timescale } = kwargs
  const schedules: { readonly [name: string]: () => LearningRate.Schedule } = {
    constant: () => LearningRate.constant({ rate }),
    constant_with_warmup: () => LearningRate.constant(options),
    linear: () => LearningRate.linear(options),
    cosine: () => LearningRate.cosine({ ...options, cycles }),
    cosine_with_min_lr: () => LearningRate.cosine({ ...options, cycles, minimum: min_lr ?? min_lr_rate! * rate }),
    polynomial: () => LearningRate.polynomial({ ...options, end, power }),
    inverse_sqrt: () => LearningRate.inverseSquareRoot({ ...options, timescale }),
  }
  return schedules[name]!()
}

describe("LearningRate", () => {
  for (const one of [...golden.schedules, ...more.schedules]) {
    const { kwargs, name, warmup_steps } = one
    it(`${name} with ${warmup_steps} warm-up steps ${JSON.stringify(kwargs)} equals Transformers`, () => {
      const schedule = scheduleOf(one)
      for (const [step, rate] of one.lr_at_step_0_to_11.entries()) assert.closeTo(schedule(step), rate, 1e-15)
    })
  }

  it("a warm-up as long as the run, or longer, leaves every rate finite", () => {
    for (const totalSteps of [0, 1, 4]) {
      const options = { rate: 1, totalSteps, warmupSteps: 4 }
      for (const schedule of [
        LearningRate.linear(options),
        LearningRate.cosine(options),
        LearningRate.polynomial({ ...options, end: 0 }),
        LearningRate.inverseSquareRoot(options),
      ]) {
        for (let step = 0; step < 9; step++) assert.isTrue(schedule(step) >= 0 && schedule(step) <= 1)
      }
    }
  })
})

describe("ParameterGroups", () => {
  for (const [model, decay] of Object.entries(more.decay)) {
    it(`${model}: what decays is what decays in Transformers`, () => {
      const specs = Parameters.specs(ModelConfig.parse(fixture(`${model}/config.json`)))
      const groups = ParameterGroups.byDecay(specs, 0.1)
      const settings = ParameterGroups.settings(groups, 1e-3)
      for (const { name } of specs) {
        assert.deepStrictEqual(settings(name), { learningRate: 1e-3, weightDecay: decay[name]! ? 0.1 : 0 })
      }
      assert.sameMembers(
        groups.flatMap(({ names }) => names),
        Object.keys(decay),
      )
      const stricter = ParameterGroups.byDecay(specs, 0.1, ParameterGroups.decaysButEmbeddings).find(
        ({ weightDecay }) => weightDecay > 0,
      )
      assert.deepStrictEqual(
        stricter!.names.toSorted(),
        Object.keys(decay)
          .filter((name) => decay[name] && name !== "model.embed_tokens.weight")
          .toSorted(),
      )
    })
  }

  it("an adapter decays, all of it, as in Transformers", () => {
    const adapter = LoraConfig.parse(fixture("tiny-qwen2-lora/adapter_config.json"))
    const config = Lora.attach(ModelConfig.parse(fixture("tiny-qwen2/config.json")), adapter)
    const [all, ...rest] = ParameterGroups.byDecay(Parameters.trainable(config), 0.1)
    assert.deepStrictEqual([all!.weightDecay, rest], [0.1, []])
    assert.isTrue(Object.values(more.decay_of_adapter).every((decays) => decays))
    assert.sameMembers(all!.names as Array<string>, Object.keys(more.decay_of_adapter))
  })

  it("equal settings are one group, and factors multiply the rate", () => {
    const specs = ["x", "y", "z"].map((name) => ({ name, shape: [2], kind: "bias" as const }))
    const groups = ParameterGroups.group(specs, ({ name }) => ({ weightDecay: 0, rateFactor: name === "y" ? 4 : 1 }))
    assert.deepStrictEqual(
      groups.map(({ names }) => names),
      [["x", "z"], ["y"]],
    )
    assert.strictEqual(ParameterGroups.settings(groups, 0.5)("y").learningRate, 2)
    assert.deepStrictEqual(ParameterGroups.byDecay(specs, 0.1).length, 1)
    assert.deepStrictEqual(
      ParameterGroups.group([], () => ({ weightDecay: 0, rateFactor: 1 })),
      [],
    )
  })
})
