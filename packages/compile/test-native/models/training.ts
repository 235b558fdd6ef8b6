/** Models in plain TensorFlow.js, trained eager and compiled. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, it } from "vitest"
import { compile } from "../../src/Compile.ts"
import { useTensorFlow } from "../native.ts"
import { type Input, tensorFrom } from "../parity/case.ts"

export interface Parameters {
  readonly [name: string]: tf.Tensor
}

/** What a model is, and data to train it on. */
export interface Model {
  readonly parameters: { readonly [name: string]: Input }
  readonly data: { readonly [name: string]: Input }
  readonly outputs: (parameters: Parameters, data: Parameters) => Parameters
  readonly loss: (outputs: Parameters, data: Parameters) => tf.Tensor
}

const tensors = (inputs: { readonly [name: string]: Input }): Parameters =>
  Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensorFrom(input)]))

const map = (parameters: Parameters, change: (one: tf.Tensor, name: string) => tf.Tensor): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, change(one, name)]))

/** Loss and gradients. */
const slopes = ({ loss, outputs }: Model, parameters: Parameters, data: Parameters) => {
  const names = Object.keys(parameters)
  const { grads, value } = tf.valueAndGrads((...given: Array<tf.Tensor>) => {
    const named = Object.fromEntries(names.map((name, i) => [name, given[i]!]))
    return loss(outputs(named, data), data)
  })(Object.values(parameters))
  return { loss: value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) }
}

/** What the model gives, its gradients, and one step down the slope. */
const sgd = (model: Model) => (parameters: Parameters, data: Parameters) => {
  const { gradients, loss } = slopes(model, parameters, data)
  return {
    outputs: model.outputs(parameters, data),
    gradients,
    loss,
    parameters: map(parameters, (one, name) => tf.sub(one, tf.mul(gradients[name]!, 0.05))),
  }
}

interface AdamState {
  readonly step: tf.Tensor
  readonly parameters: Parameters
  readonly first: Parameters
  readonly second: Parameters
}

/** One step of Adam (Kingma & Ba 2015), its moments and its count passed through. */
const adam =
  (model: Model) =>
  (state: AdamState, data: Parameters): { readonly loss: tf.Tensor; readonly state: AdamState } => {
    const { gradients, loss } = slopes(model, state.parameters, data)
    const step = tf.add(state.step, 1)
    const first = map(state.first, (m, name) => tf.add(tf.mul(m, 0.9), tf.mul(gradients[name]!, 0.1)))
    const second = map(state.second, (v, name) => tf.add(tf.mul(v, 0.999), tf.mul(tf.square(gradients[name]!), 0.001)))
    const corrected = (moment: tf.Tensor, decay: number) => tf.div(moment, tf.sub(1, tf.pow(decay, step)))
    const parameters = map(state.parameters, (one, name) => {
      const size = tf.add(tf.sqrt(corrected(second[name]!, 0.999)), 1e-4)
      return tf.sub(one, tf.mul(tf.div(corrected(first[name]!, 0.9), size), 0.01))
    })
    return { loss, state: { step, parameters, first, second } }
  }

/** ‖a − b‖ ≤ 1e-5 ‖b‖, for each tensor of two trees. */
export const close = (found: unknown, expected: unknown, at = "result"): void => {
  if (expected instanceof tf.Tensor) {
    assert.instanceOf(found, tf.Tensor, at)
    assert.deepStrictEqual([found.shape, found.dtype], [expected.shape, expected.dtype], at)
    const [a, b] = [found.dataSync(), expected.dataSync()]
    const distance = Math.hypot(...b.map((one, i) => one - a[i]!))
    assert.isAtMost(distance, 1e-5 * Math.max(1e-6, Math.hypot(...b)), at)
    return
  }
  assert.deepStrictEqual(Object.keys(found as object), Object.keys(expected as object), at)
  for (const [name, one] of Object.entries(expected as object)) {
    close((found as { readonly [name: string]: unknown })[name], one, `${at}.${name}`)
  }
}

/** The tests of a model: values, gradients, and steps of two optimizers. */
export const checkModel = (model: Model): void => {
  beforeAll(useTensorFlow)

  for (const rung of ["xla", "graph"] as const) {
    it(`values, gradients and a step of SGD on ${rung}`, () =>
      tf.tidy(() => {
        const [parameters, data] = [tensors(model.parameters), tensors(model.data)]
        const program = compile(sgd(model), { rung })
        close(program(parameters, data), sgd(model)(parameters, data))
        program.dispose()
      }))

    it(`steps of Adam on ${rung}`, () =>
      tf.tidy(() => {
        const [parameters, data] = [tensors(model.parameters), tensors(model.data)]
        const program = compile(adam(model), { rung })
        const zeros = map(parameters, (one) => tf.zerosLike(one))
        let state: AdamState = { step: tf.scalar(0), parameters, first: zeros, second: zeros }
        const losses: Array<number> = []
        for (let i = 0; i < 3; i++) {
          const next = program(state, data)
          // From one state each: two paths part, however close, for Adam divides small gradients by their size.
          close(next, adam(model)(state, data), `after step ${i + 1}`)
          losses.push(next.loss.dataSync()[0]!)
          state = next.state
        }
        assert.strictEqual(program.explain().length, 1)
        assert.isBelow(losses.at(-1)!, losses[0]!)
        program.dispose()
      }))
  }
}
