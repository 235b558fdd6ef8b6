/** Every optimizer is compiled once and serves all steps: rates are scalars, and what it gives is what it gives eagerly. */
import { compile } from "@seed-grpo/compile"
import { AdamW, AmsGrad, Optimizer, type Optimizer as Optimizers, Sgd } from "@seed-grpo/grpo"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as tf from "@tensorflow/tfjs-core"
import { assert, layer } from "@effect/vitest"

const adam = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 }
const every = [AdamW.adamW(adam), AmsGrad.amsGrad(adam), Sgd.sgd, Sgd.momentum(0.9), Sgd.nesterov(0.9)]

const settings = { learningRate: 0.01, weightDecay: 0.1 }
const gradientOf = (step: number) => ({
  w: tf.tensor2d([
    [Math.sin(step), 2],
    [-0.5, 3 * Math.cos(step)],
  ]),
})

layer(layerTensorFlow)("compiled optimizers", (it) => {
  for (const optimizer of every) {
    it(`${optimizer.name}: one program for five steps`, () => {
      const compiled: Array<unknown> = []
      const program = compile(
        (rates: Optimizers.Tensors, p: Optimizers.Tensors, g: Optimizers.Tensors, kept: Optimizers.Tensors) => {
          const { parameter, slots } = optimizer.moved(rates as Optimizers.Rates, p["w"]!, g["w"]!, kept)
          const all: Optimizers.Tensors = { ...slots, parameter }
          return all
        },
        { name: optimizer.name, rung: "xla", onCompile: (one) => void compiled.push(one) },
      )
      const start = () => ({ w: tf.ones([2, 2]) })
      let eager = { parameters: start() as Optimizers.Tensors, state: Optimizer.initial(optimizer, start()) }
      let parameter: tf.Tensor = start().w
      let slots: Optimizers.Tensors = Object.fromEntries(optimizer.slots.map((slot) => [slot, tf.zeros([2, 2])]))
      for (let step = 0; step < 5; step++) {
        eager = Optimizer.update(optimizer, () => settings, eager.parameters, gradientOf(step), eager.state)
        const rates = Object.fromEntries(
          Object.entries(optimizer.rates(settings, step)).map(([name, rate]) => [name, tf.scalar(rate)]),
        )
        const next = program(rates, { w: parameter }, gradientOf(step), slots)
        parameter = next["parameter"]!
        slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, next[slot]!]))
        const [found, expected] = [parameter.dataSync(), eager.parameters["w"]!.dataSync()]
        for (const [i, value] of found.entries()) assert.closeTo(value, expected[i]!, 1e-6)
      }
      assert.strictEqual(compiled.length, 1)
      program.dispose()
    })
  }
})
