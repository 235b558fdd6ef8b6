/**
 * Loops and branches on values: TensorFlow's functional operations when compiled, plain JavaScript otherwise.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { callSite, CompileError } from "./CompileError.ts"
import { dynamicSlice, dynamicUpdateSlice } from "./DynamicSlice.ts"
import { type Attribute, DataTypes, type GraphFunction, type Value } from "./Graph.ts"
import { insideGradient, isRecording, localValue, recordAs, recordCallee, tensorOf } from "./internal/recorder.ts"
import { leaves, signature, withLeaves } from "./Tree.ts"

const types = (values: ReadonlyArray<Value>): Attribute => ({
  kind: "type",
  value: values.map(({ dtype }) => DataTypes[dtype]),
})
const shapes = (values: ReadonlyArray<Value>): Attribute => ({
  kind: "shapes",
  value: values.map(({ shape }) => shape),
})

const refuseGradient = (what: string): void => {
  if (!insideGradient()) return
  throw new CompileError({
    reason: "unsupported-kernel",
    at: `${what}, called ${callSite()}`,
    expected: "no gradient to be taken through it in a compiled function",
    found: "tf.grad around it",
    fix: "Write a loop of known length in JavaScript, or with scan: it is unrolled then.",
  })
}

const sameState = (what: string, given: unknown, found: unknown): void => {
  if (signature(given) === signature(found)) return
  throw new CompileError({
    reason: "not-tensors",
    at: what,
    expected: signature(given),
    found: signature(found),
    fix: "Return the same structure, types and shapes; fill up to a fixed size what grows.",
  })
}

/** Gives all functions the same parameters: their own ones, and what any of them captures. Returns what to pass. */
const shareCaptures = (functions: ReadonlyArray<GraphFunction>): ReadonlyArray<Value> => {
  const outer = [...new Set(functions.flatMap((one) => [...one.captures.keys()]))]
  for (const one of functions) {
    const captured = new Set(one.captures.values())
    const own = one.parameters.filter((parameter) => !captured.has(parameter))
    const passed = outer.map((value) => one.captures.get(value) ?? one.parameter(value.shape, value.dtype))
    one.parameters.splice(0, one.parameters.length, ...own, ...passed)
  }
  return outer
}

const tracedWhile = <State>(
  condition: (state: State) => tf.Tensor,
  body: (state: State) => State,
  initial: State,
  steps?: number,
): State => {
  refuseGradient("whileLoop")
  const start = leaves(initial, "initial").map(localValue)
  const enter = (fn: GraphFunction): State =>
    withLeaves(
      initial,
      start.map(({ dtype, shape }) => tensorOf(fn.parameter(shape, dtype))),
    )
  const test = recordCallee("condition", (fn) => {
    fn.results = [localValue(condition(enter(fn)))]
  })
  const step = recordCallee("body", (fn) => {
    const next = body(enter(fn))
    sameState("the state after a step of whileLoop", initial, next)
    fn.results = leaves(next).map(localValue)
  })
  const captured = shareCaptures([test, step])
  step.results = [...step.results, ...step.parameters.slice(start.length)]
  const inputs = [...start, ...captured]
  const results = recordAs(
    "StatelessWhile",
    inputs,
    {
      T: types(inputs),
      cond: { kind: "function", value: test },
      body: { kind: "function", value: step },
      output_shapes: shapes(inputs),
      parallel_iterations: { kind: "int", value: 1 },
    },
    inputs,
    steps,
  )
  return withLeaves(initial, results.slice(0, start.length).map(tensorOf))
}

const disposeUnless = (kept: ReadonlyArray<tf.Tensor>, tensors: ReadonlyArray<tf.Tensor>) => {
  const alive = new Set(kept)
  for (const tensor of tensors) if (!alive.has(tensor)) tensor.dispose()
}

/**
 * `while (condition(state)) state = body(state)`. The state is a tree of tensors whose shapes stay the same.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { whileLoop } from "@seed-grpo/compile/ControlFlow"
 * import "@tensorflow/tfjs-backend-cpu"
 * import * as tf from "@tensorflow/tfjs-core"
 *
 * await tf.setBackend("cpu")
 * const { power } = whileLoop(
 *   ({ power }) => tf.less(power, 100),
 *   ({ power }) => ({ power: tf.mul(power, 2) }),
 *   { power: tf.scalar(1) }
 * )
 * assert.equal(power.dataSync()[0], 128)
 * ```
 *
 * @throws {CompileError} `not-tensors` where the state changes its shape
 * @since 0.1.0
 * @category control flow
 */
export const whileLoop = <State>(
  condition: (state: State) => tf.Tensor,
  body: (state: State) => State,
  initial: State,
): State => {
  if (isRecording()) return tracedWhile(condition, body, initial)
  let state = withLeaves(
    initial,
    leaves(initial, "initial").map((tensor) => tf.clone(tensor)),
  )
  while (tf.tidy(() => condition(state).dataSync()[0]) !== 0) {
    const next = tf.tidy(() => body(state) as tf.TensorContainer) as State
    sameState("the state after a step of whileLoop", initial, next)
    disposeUnless(leaves(next), leaves(state))
    state = next
  }
  return state
}

/**
 * `condition ? onTrue() : onFalse()`, for a scalar. Both branches are traced; one of them runs.
 *
 * @throws {CompileError} `not-tensors` where the branches give different shapes
 * @since 0.1.0
 * @category control flow
 */
export const cond = <Out>(condition: tf.Tensor, onTrue: () => Out, onFalse: () => Out): Out => {
  if (!isRecording()) {
    return tf.tidy(() => (condition.dataSync()[0] !== 0 ? onTrue() : onFalse()) as tf.TensorContainer) as Out
  }
  refuseGradient("cond")
  const outs: Array<Out> = []
  const branches = [onTrue, onFalse].map((branch, i) =>
    recordCallee(i === 0 ? "then" : "otherwise", (fn) => {
      const out = branch()
      if (i === 1) sameState("the second branch of cond", outs[0], out)
      outs.push(out)
      fn.results = leaves(out, "branch").map(localValue)
    }),
  )
  const [then, otherwise] = branches as [GraphFunction, GraphFunction]
  const captured = shareCaptures(branches)
  const results = recordAs(
    "StatelessIf",
    [localValue(condition), ...captured],
    {
      Tcond: { kind: "type", value: DataTypes.bool },
      Tin: types(captured),
      Tout: types(then.results),
      then_branch: { kind: "function", value: then },
      else_branch: { kind: "function", value: otherwise },
      output_shapes: shapes(then.results),
    },
    then.results,
  )
  return withLeaves(outs[0]!, results.map(tensorOf))
}

const row = (tensor: tf.Tensor, i: tf.Tensor): tf.Tensor => {
  const start = tf.concat([tf.reshape(i, [1]), tf.zeros([tensor.rank - 1], "int32")])
  return tf.reshape(dynamicSlice(tensor, start, [1, ...tensor.shape.slice(1)]), tensor.shape.slice(1))
}

/**
 * Goes through the rows of `xs` (a tree of tensors `[N, …]`, N > 0): `step` takes the state and a row of each and gives the next state
 * and an output. Returns the last state and the outputs, stacked to `[N, …]`.
 *
 * With a gradient taken around it, or eager, the loop is unrolled.
 *
 * @since 0.1.0
 * @category control flow
 */
export const scan = <State, In, Out>(
  step: (state: State, x: In) => readonly [State, Out],
  initial: State,
  xs: In,
): readonly [State, Out] => {
  const columns = leaves(xs, "xs")
  const length = columns[0]?.shape[0] ?? 0
  if (length === 0 || columns.some(({ shape }) => shape[0] !== length)) {
    throw new CompileError({
      reason: "not-tensors",
      at: "scan",
      expected: "tensors with the same number of rows, at least one",
      found: signature(xs),
      fix: "Give every tensor one row for each step.",
    })
  }
  if (!isRecording() || insideGradient()) {
    return tf.tidy(() => {
      const rows = columns.map((column) => tf.unstack(column))
      let state = initial
      const outs: Array<Out> = []
      for (let i = 0; i < length; i++) {
        const [next, out] = step(
          state,
          withLeaves(
            xs,
            rows.map((one) => one[i]!),
          ),
        )
        state = next
        outs.push(out)
      }
      const stacked = leaves(outs[0]).map((_, leaf) => tf.stack(outs.map((out) => leaves(out)[leaf]!)))
      return [state, withLeaves(outs[0]!, stacked)] as unknown as tf.TensorContainer
    }) as unknown as readonly [State, Out]
  }
  // What a step gives is known once it is traced: a trace of the first row, of which nothing but shapes is used.
  const [, shape] = step(
    initial,
    withLeaves(
      xs,
      columns.map((column) => row(column, tf.scalar(0, "int32"))),
    ),
  )
  const empty = leaves(shape).map((one) => tf.zeros([length, ...one.shape], one.dtype))
  const first: tf.Tensor = tf.scalar(0, "int32")
  const end = tracedWhile(
    ({ i }) => tf.less(i, tf.scalar(length, "int32")),
    ({ i, outs, state }) => {
      const [next, out] = step(
        state,
        withLeaves(
          xs,
          columns.map((column) => row(column, i)),
        ),
      )
      const written = leaves(out).map((one, leaf) => {
        const start = tf.concat([tf.reshape(i, [1]), tf.zeros([one.rank], "int32")])
        return dynamicUpdateSlice(outs[leaf]!, tf.expandDims(one, 0), start)
      })
      return { i: tf.add(i, tf.scalar(1, "int32")), outs: written, state: next }
    },
    { i: first, outs: empty, state: initial },
    length,
  )
  return [end.state, withLeaves(shape, end.outs)]
}
