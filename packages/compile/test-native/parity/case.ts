/** What a kernel is tried on: tensors that are described, so that a table of them needs no back-end. */
import * as tf from "@tensorflow/tfjs-core"

/** A tensor to be: its values are a function of their place. */
export interface Input {
  readonly shape: ReadonlyArray<number>
  readonly dtype: "float32" | "int32" | "bool"
  readonly at: (i: number) => number
}

export interface Case {
  readonly name: string
  readonly inputs: ReadonlyArray<Input>
  /** With respect to which inputs gradients are compared, too. */
  readonly gradient: ReadonlyArray<number>
  /** Whether XLA is tried as well; each case costs it some 50 ms. */
  readonly xla: boolean
  run(...inputs: ReadonlyArray<tf.Tensor>): tf.Tensor | ReadonlyArray<tf.Tensor>
}

/** A kernel's cases, and the highest rung that takes them. */
export interface Kernel {
  readonly rung: "xla" | "graph"
  readonly cases: ReadonlyArray<Case>
}

/** Kernels by TensorFlow.js's names. */
export interface Family {
  readonly [kernel: string]: Kernel
}

/** Distinct values in [0, 1) without a pattern. */
const fraction = (i: number) => {
  const x = Math.sin(i + 1) * 43758.5453
  return x - Math.floor(x)
}

/** Numbers between -2 and 2. */
export const floats = (...shape: ReadonlyArray<number>): Input => within(-2, 2, ...shape)

export const within = (low: number, high: number, ...shape: ReadonlyArray<number>): Input => ({
  shape,
  dtype: "float32",
  at: (i) => low + (high - low) * fraction(i),
})

/** Integers from `low` up to below `high`. */
export const ints = (low: number, high: number, ...shape: ReadonlyArray<number>): Input => ({
  shape,
  dtype: "int32",
  at: (i) => low + Math.floor((high - low) * fraction(i)),
})

export const bools = (...shape: ReadonlyArray<number>): Input => ({
  shape,
  dtype: "bool",
  at: (i) => (fraction(i) < 0.5 ? 1 : 0),
})

export const exactly = (dtype: Input["dtype"], shape: ReadonlyArray<number>, values: ReadonlyArray<number>): Input => ({
  shape,
  dtype,
  at: (i) => values[i]!,
})

export const tensorFrom = ({ at, dtype, shape }: Input): tf.Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, i) => at(i)),
    [...shape],
    dtype,
  )

type Run = Case["run"]

/** A case of values alone. */
export const values = (name: string, inputs: ReadonlyArray<Input>, run: Run): Case => ({
  name,
  inputs,
  gradient: [],
  xla: true,
  run,
})

/** A case whose gradients are compared, too: with respect to `wrt`, or to all inputs. */
export const gradients = (
  name: string,
  inputs: ReadonlyArray<Input>,
  run: Run,
  wrt: ReadonlyArray<number> = inputs.map((_, i) => i),
): Case => ({ name, inputs, gradient: wrt, xla: true, run })

/** Cases that differ from others in what XLA has nothing to do with. */
export const onGraphOnly = (...cases: ReadonlyArray<Case>): ReadonlyArray<Case> =>
  cases.map((one) => ({ ...one, xla: false }))

export const xla = (...cases: ReadonlyArray<Case>): Kernel => ({ rung: "xla", cases })

/** XLA has no such operation. */
export const graph = (...cases: ReadonlyArray<Case>): Kernel => ({ rung: "graph", cases })
