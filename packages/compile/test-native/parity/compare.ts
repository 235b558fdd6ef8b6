/** Runs cases eager and compiled, and says where they differ. */
import * as tf from "@tensorflow/tfjs-core"
import { compile } from "../../src/Compile.ts"
import type { Rung } from "../../src/Ladder.ts"
import { type Case, tensorFrom } from "./case.ts"

type Outputs = { readonly [name: string]: ReadonlyArray<tf.Tensor> }

const listed = (out: ReturnType<Case["run"]>): ReadonlyArray<tf.Tensor> => (out instanceof tf.Tensor ? [out] : out)

/** A scalar that every number of the outputs has a part in, each another. */
const weighted = (outs: ReadonlyArray<tf.Tensor>): tf.Tensor => {
  const parts = outs.map((out) => {
    const weights = Array.from({ length: out.size }, (_, i) => Math.cos(i + 1))
    return tf.sum(tf.mul(out, tf.tensor(weights, out.shape)))
  })
  return tf.addN(parts)
}

/** The outputs of a case, and its gradients behind them. */
const outputs = (one: Case, inputs: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> => {
  const { gradient } = one
  const outs = listed(one.run(...inputs))
  if (gradient.length === 0) return outs
  const slopes = tf.grads((...wanted: Array<tf.Tensor>) =>
    weighted(
      listed(one.run(...inputs.map((input, i) => (gradient.includes(i) ? wanted[gradient.indexOf(i)]! : input)))),
    ),
  )(gradient.map((i) => inputs[i]!))
  return [...outs, ...slopes]
}

const difference = (found: tf.Tensor, expected: tf.Tensor, within: number): string | undefined => {
  if (found.dtype !== expected.dtype) return `${found.dtype}, not ${expected.dtype}`
  if (found.shape.join() !== expected.shape.join()) return `[${found.shape.join()}], not [${expected.shape.join()}]`
  const [a, b] = [found.dataSync(), expected.dataSync()]
  const scale = Math.max(1, ...b.filter(Number.isFinite).map(Math.abs))
  const at = b.findIndex((one, i) => !(Object.is(one, a[i]) || one === a[i] || Math.abs(one - a[i]!) <= within * scale))
  return at === -1 ? undefined : `${a[at]} at ${at}, not ${b[at]}`
}

/** Where the outputs of a compiled kernel's cases are not those of eager TensorFlow, to a relative `within`. */
export const differences = (
  name: string,
  cases: ReadonlyArray<Case>,
  rung: Rung,
  within = 1e-5,
): ReadonlyArray<string> =>
  tf.tidy(() => {
    const inputs = Object.fromEntries(cases.map((one) => [one.name, one.inputs.map(tensorFrom)]))
    const all = (given: { readonly [name: string]: ReadonlyArray<tf.Tensor> }): Outputs =>
      Object.fromEntries(cases.map((one) => [one.name, outputs(one, given[one.name]!)]))
    const program = compile(all, { name, rung })
    try {
      const found = program(inputs)
      const expected = all(inputs)
      return cases.flatMap((one) =>
        expected[one.name]!.flatMap((out, i) => {
          const wrong = difference(found[one.name]![i]!, out, within)
          return wrong === undefined ? [] : [`${name}, ${one.name}, output ${i}: ${wrong}`]
        }),
      )
    } finally {
      program.dispose()
    }
  })

/** The kernels that eager TensorFlow runs for the cases. */
export const dispatched = (cases: ReadonlyArray<Case>): ReadonlySet<string> => {
  const engine = tf.engine()
  const found = new Set<string>()
  // The engine's own method is that of its class: what is assigned here lies over it until it is deleted.
  const run: typeof engine.runKernel = engine.runKernel.bind(engine)
  engine.runKernel = (name, ...rest) => {
    found.add(name)
    return run(name, ...rest)
  }
  try {
    for (const one of cases) tf.tidy(() => void outputs(one, one.inputs.map(tensorFrom)))
  } finally {
    Reflect.deleteProperty(engine, "runKernel")
  }
  return found
}
