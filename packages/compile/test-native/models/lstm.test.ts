/** Two stacked LSTM cells over a sequence, unrolled and as a scan. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, it } from "vitest"
import { compile } from "../../src/Compile.ts"
import { scan } from "../../src/ControlFlow.ts"
import { floats, tensorFrom, within } from "../parity/case.ts"
import { checkModel, close, type Model, type Parameters } from "./training.ts"

const [batch, steps, size, hidden] = [3, 3, 4, 6]

/** Both cells' states: `c` and `h` of each. */
type State = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]

const cell = ({ bias1, bias2, kernel1, kernel2 }: Parameters) => {
  const cells = [
    [kernel1!, bias1!],
    [kernel2!, bias2!],
  ].map(
    ([kernel, bias]): tf.LSTMCellFunc =>
      (x, c, h) =>
        tf.basicLSTMCell(tf.scalar(1), kernel as tf.Tensor2D, bias as tf.Tensor1D, x, c, h),
  )
  return (x: tf.Tensor, [c1, h1, c2, h2]: State): State => {
    const [c, h] = tf.multiRNNCell(cells, x as tf.Tensor2D, [c1, c2], [h1, h2])
    return [c[0]!, h[0]!, c[1]!, h[1]!]
  }
}

const start = (): State => [0, 1, 2, 3].map(() => tf.zeros([batch, hidden])) as State

const unrolled = (parameters: Parameters, { sequence }: Parameters): Parameters => {
  const step = cell(parameters)
  let state = start()
  const seen = tf.unstack(sequence!).map((x) => {
    state = step(x, state)
    return state[3]
  })
  return { last: state[3], all: tf.stack(seen) }
}

const scanned = (parameters: Parameters, { sequence }: Parameters): Parameters => {
  const step = cell(parameters)
  const [state, all] = scan(
    (before: State, x: tf.Tensor) => {
      const after = step(x, before)
      return [after, after[3]] as const
    },
    start(),
    sequence!,
  )
  return { last: state[3], all }
}

const model = (outputs: Model["outputs"]): Model => ({
  parameters: {
    kernel1: within(-0.4, 0.4, size + hidden, 4 * hidden),
    bias1: within(-0.1, 0.1, 4 * hidden),
    kernel2: within(-0.4, 0.4, 2 * hidden, 4 * hidden),
    bias2: within(-0.1, 0.1, 4 * hidden),
  },
  data: { sequence: floats(steps, batch, size), target: within(-1, 1, batch, hidden) },
  outputs,
  loss: ({ last }, { target }) => tf.losses.meanSquaredError(target!, last!),
})

checkModel(model(scanned))

for (const rung of ["xla", "graph"] as const) {
  it(`the scan is the unrolled loop on ${rung}, in fewer operations`, () =>
    tf.tidy(() => {
      const { data, parameters } = model(scanned)
      const given = [parameters, data].map((inputs) =>
        Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensorFrom(input)])),
      ) as [Parameters, Parameters]
      const [loop, flat] = [compile(scanned, { rung }), compile(unrolled, { rung })]
      close(loop(...given), flat(...given))
      const [[a], [b]] = [loop.explain(), flat.explain()]
      assert.isBelow(a!.nodes, b!.nodes)
      assert.strictEqual(a!.flops, b!.flops)
      loop.dispose()
      flat.dispose()
    }))
}
