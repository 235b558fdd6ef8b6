/**
 * A trace in progress: the values that stand for tensors, and the operations recorded on them.
 */
import * as tf from "@tensorflow/tfjs-core"
import { callSite, CompileError } from "../CompileError.ts"
import { type Attribute, type DataType, GraphFunction, type Value } from "../Graph.ts"
import { outputs } from "../OutputShapes.ts"
import { attributes, type EagerAttribute, holder, isDataType, native } from "./native.ts"

/** A tensor from outside that the traced function uses: it is passed along with every call. */
export interface Captured {
  readonly tensor: tf.Tensor
  readonly parameter: Value
}

/** A trace in progress. */
interface Recording {
  readonly compiled: boolean
  body: GraphFunction
  readonly root: GraphFunction
  /** By variable, or by the data of other tensors. */
  readonly captured: Map<object, Captured>
  /** The first thing that the function did and must not, also where it caught the error. */
  failure?: CompileError
}

let recording: Recording | undefined
const values = new WeakMap<object, Value>()

const current = (): Recording => {
  if (recording === undefined) {
    throw new CompileError({
      reason: "disposed",
      at: `a traced tensor, used ${callSite()}`,
      expected: "it to be used inside the function that was compiled",
      found: "its trace has ended",
      fix: "Return what you need from the function; do not keep its tensors in variables outside.",
    })
  }
  return recording
}

export const unsupported = (kernel: string, found: string): CompileError =>
  new CompileError({
    reason: "unsupported-kernel",
    at: `${kernel}, called ${callSite()}`,
    expected: "an operation that has a place in a static program",
    found,
    fix: "Compute this outside of the compiled function and pass it in, or write it with other operations.",
  })

/** Remembers an error of the trace: to catch it does not help. */
const remembered = (error: CompileError): CompileError => {
  if (recording !== undefined) recording.failure ??= error
  return error
}

export const effect = (found: string): CompileError =>
  remembered(
    new CompileError({
      reason: "effect",
      at: `the traced function, ${callSite()}`,
      expected: "a pure function of its arguments",
      found,
      fix: "Do it outside and pass in or return tensors; draw random numbers with Random.uniform and a key.",
    }),
  )

export const valueRead = (): CompileError => {
  current()
  return remembered(
    new CompileError({
      reason: "traced-value-read",
      at: `a tensor read ${callSite()}`,
      expected: "no value to be looked at while the function is traced",
      found: "dataSync, data, arraySync, print or an operation that needs one",
      fix: "Use tf.where or cond instead of if, whileLoop instead of while, and return values to read them.",
    }),
  )
}

/** A parameter of the program for a tensor from outside. */
const capture = (key: object, tensor: tf.Tensor): Value => {
  const { captured, root } = current()
  const parameter = root.parameter(tensor.shape, tensor.dtype as DataType)
  captured.set(key, { tensor, parameter })
  return parameter
}

/** The value of a tensor that the trace did not make. A variable is read at every call, other tensors are what they are now. */
const fromOutside = (tensor: tf.TensorInfo): Value => {
  const key = tensor instanceof tf.Variable ? tensor : tensor.dataId
  const known = current().captured.get(key)
  if (known !== undefined) return known.parameter
  const backend = holder(tensor.dataId)
  if (backend === undefined || !isDataType(tensor.dtype)) {
    throw unsupported(
      `an operation on a tensor of type ${tensor.dtype}`,
      backend === undefined ? "it was disposed" : "no type that a program has",
    )
  }
  // What eager execution does with tensors of other back-ends.
  if (backend !== native()) tf.engine().moveData(native(), tensor.dataId)
  if (tensor instanceof tf.Variable) return capture(key, tensor)
  // A second handle on the same data, so that the program outlives the caller's one.
  const handle = tf.engine().makeTensorFromTensorInfo({ ...tensor, shape: [...tensor.shape] }, native())
  native().incRef(tensor.dataId)
  return capture(key, tf.keep(handle))
}

/** Frees what was captured; variables are their owners'. */
export const release = (captured: Iterable<Captured>): void => {
  for (const { tensor } of captured) if (!(tensor instanceof tf.Variable)) tensor.dispose()
}

/** The value that stands for a tensor: recorded here, or brought in from outside. */
const valueOf = (tensor: tf.TensorInfo): Value => {
  const state = current()
  const known = values.get(tensor.dataId)
  if (known === undefined) return fromOutside(tensor)
  if (!state.body.sees(known)) {
    throw new CompileError({
      reason: "disposed",
      at: `a tensor used ${callSite()}`,
      expected: "a tensor of this trace",
      found: "one of a loop body or of a trace that has ended",
      fix: "Pass it as state of the loop, or return it from the function that made it.",
    })
  }
  return known
}

/** A tensor for a value; every call gives a new one, for the tape of gradients knows tensors by identity. */
export const tensorOf = (value: Value): tf.Tensor => {
  const dataId = {}
  values.set(dataId, value)
  // Sizes that only TensorFlow knows (uint64 keys) never leave the operations of `Random`.
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType })
}

/** A parameter for an argument. */
export const parameterFor = (root: GraphFunction, { dtype, shape }: tf.TensorInfo): Value => {
  if (!isDataType(dtype)) throw unsupported(`an argument of type ${dtype}`, "no type that a program has")
  return root.parameter(shape, dtype)
}

/** More than this is passed along with every call: TensorFlow takes a second to load 10 MB as part of a program. */
const LARGEST_CONSTANT = 2 ** 16

/** Takes down a constant under the data of a tensor that the engine is about to make. */
export const recordConstant = (
  dataId: object,
  constant: tf.TypedArray,
  shape: ReadonlyArray<number>,
  dtype: tf.NumericDataType & DataType,
): void => {
  const large = constant.byteLength > LARGEST_CONSTANT && constant.some((one) => !Object.is(one, constant[0]))
  if (!large) {
    values.set(dataId, current().body.add("Const", [], {}, [{ shape, dtype }], { constant })[0]!)
    return
  }
  const outside = tf.engine().makeTensor(constant, [...shape], dtype, native())
  values.set(dataId, capture(dataId, tf.keep(outside)))
}

/** Records an operation with outputs that are stated. */
export const recordAs = (
  operation: string,
  inputs: ReadonlyArray<Value>,
  attributes: Readonly<Record<string, Attribute>>,
  results: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly dtype: DataType }>,
  repeats?: number,
): ReadonlyArray<Value> =>
  current().body.add(operation, inputs, attributes, results, repeats === undefined ? {} : { repeats })

/** Records an operation, its outputs by TensorFlow's rules. */
export const record = (
  operation: string,
  list: ReadonlyArray<EagerAttribute>,
  inputs: ReadonlyArray<tf.TensorInfo>,
): ReadonlyArray<Value> => {
  const body = current().body
  const call = { inputs: inputs.map((one) => body.local(valueOf(one))), attributes: attributes(list) }
  let results
  try {
    results = outputs(operation, call)
  } catch (cause) {
    if (cause instanceof RangeError) throw unsupported(operation, cause.message)
    throw cause
  }
  return body.add(operation, call.inputs, call.attributes, results)
}

/** The value of a tensor in the function that is being traced. */
export const localValue = (tensor: tf.TensorInfo): Value => current().body.local(valueOf(tensor))

export const isRecording = (): boolean => recording !== undefined

/** Begins a trace; the function returned ends it. */
export const begin = (
  root: GraphFunction,
  compiled: boolean,
): { readonly state: Recording; readonly end: () => void } => {
  if (recording !== undefined) throw effect("a compiled function called while another is traced")
  const state: Recording = { compiled, root, body: root, captured: new Map() }
  recording = state
  return {
    state,
    end: () => {
      recording = undefined
    },
  }
}

/** Traces `trace` as the body of a function that the current one calls. */
export const recordCallee = (label: string, trace: (body: GraphFunction) => void): GraphFunction => {
  const state = current()
  const outer = state.body
  const body = new GraphFunction(label, outer)
  state.body = body
  try {
    trace(body)
  } finally {
    state.body = outer
  }
  return body
}

/** Whether what is recorded goes to XLA, which has operations of its own. */
export const isCompiledByXla = (): boolean => recording?.compiled === true

/** Whether a gradient is being taken around this point. */
export const insideGradient = (): boolean => tf.engine().state.gradientDepth > 0
