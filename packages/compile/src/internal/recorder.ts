/**
 * A TensorFlow.js back-end that computes nothing: its kernels are those of tfjs-node, and what they would have executed is
 * written down.
 */
import * as tf from "@tensorflow/tfjs-core"
import { callSite, CompileError } from "../CompileError.ts"
import { type Attribute, type DataType, DataTypes, GraphFunction, type Value } from "../Graph.ts"
import { outputs } from "../OutputShapes.ts"

export const RECORDER = "seed-grpo-recorder"
const NATIVE = "tensorflow"

/** An attribute as tfjs-node's kernels state it. */
interface EagerAttribute {
  readonly name: string
  readonly type: number
  readonly value: boolean | number | string | ReadonlyArray<number>
}

interface Binding {
  readonly [constant: string]: number
}

interface NativeBackend {
  readonly incRef: (dataId: object) => void
  readonly refCount: (dataId: object) => number
  readonly disposeData: (dataId: object) => boolean
  readonly binding: Binding
  readonly isGPUPackage: boolean
  readonly getDTypeInteger: (dtype: tf.DataType) => number
  readonly createReductionOpAttrs: (tensor: tf.TensorInfo, keepDims?: boolean) => Array<EagerAttribute>
  readonly applyActivation: (...parameters: ReadonlyArray<unknown>) => tf.Tensor
}

const native = () => tf.findBackend(NATIVE) as unknown as NativeBackend

const isDataType = (dtype: string): dtype is DataType => dtype in DataTypes

/** A tensor from outside that the traced function uses: it is passed along with every call. */
export interface Captured {
  readonly tensor: tf.Tensor
  readonly parameter: Value
  /** How many handles there were on its data when it was met. */
  readonly handles: number
}

/** A trace in progress. */
interface Recording {
  readonly compiled: boolean
  body: GraphFunction
  readonly root: GraphFunction
  readonly captured: Map<object, Captured>
}

let recording: Recording | undefined
const values = new WeakMap<object, Value>()

const current = (): Recording => {
  if (recording === undefined) {
    throw new CompileError({
      reason: "disposed",
      at: `a traced tensor, used at ${callSite()}`,
      expected: "it to be used inside the function that was compiled",
      found: "its trace has ended",
      fix: "Return what you need from the function; do not keep its tensors in variables outside.",
    })
  }
  return recording
}

const unsupported = (kernel: string, found: string): CompileError =>
  new CompileError({
    reason: "unsupported-kernel",
    at: `${kernel}, called ${callSite()}`,
    expected: "a kernel whose outputs have a size known before it runs",
    found,
    fix: "Compute this outside of the compiled function and pass it in, or write it with other operations.",
  })

const read = (): never => {
  throw new CompileError({
    reason: "traced-value-read",
    at: `a tensor read ${callSite()}`,
    expected: "no value to be looked at while the function is traced",
    found: "dataSync, data, arraySync or a kernel that needs one",
    fix: "Use tf.where or cond instead of if, whileLoop instead of while, and return values to read them.",
  })
}

/** The back-end that holds a tensor, if the tensor is alive. */
const holder = (dataId: object): NativeBackend | undefined =>
  (tf.engine().state.tensorInfo as unknown as WeakMap<object, { readonly backend: NativeBackend }>).get(dataId)?.backend

/** The value that stands for a tensor: recorded here, or brought in from outside. */
const valueOf = (tensor: tf.TensorInfo): Value => {
  const state = current()
  const known = values.get(tensor.dataId)
  if (known !== undefined) {
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
  const captured = state.captured.get(tensor.dataId)
  if (captured !== undefined) return captured.parameter
  if (holder(tensor.dataId) !== native() || !isDataType(tensor.dtype)) {
    throw unsupported(`a tensor of type ${tensor.dtype}`, "one that is disposed, or no float32, int32 or bool tensor")
  }
  const parameter = state.root.parameter(tensor.shape, tensor.dtype)
  // A second handle on the same data, so that the program outlives the caller's one.
  const outside = tf.engine().makeTensorFromTensorInfo({ ...tensor, shape: [...tensor.shape] }, native() as never)
  native().incRef(tensor.dataId)
  state.captured.set(tensor.dataId, { tensor: tf.keep(outside), parameter, handles: native().refCount(tensor.dataId) })
  return parameter
}

const kinds = (binding: Binding): ReadonlyMap<number, Attribute["kind"]> =>
  new Map([
    [binding["TF_ATTR_STRING"]!, "string"],
    [binding["TF_ATTR_INT"]!, "int"],
    [binding["TF_ATTR_FLOAT"]!, "float"],
    [binding["TF_ATTR_BOOL"]!, "bool"],
    [binding["TF_ATTR_TYPE"]!, "type"],
  ])

const attributes = (list: ReadonlyArray<EagerAttribute>): Readonly<Record<string, Attribute>> => {
  const kindOf = kinds(native().binding)
  return Object.fromEntries(
    list.map(({ name, type, value }) => [name, { kind: kindOf.get(type)!, value } as Attribute]),
  )
}

const typeAttribute = (name: string, dtype: tf.DataType): EagerAttribute => ({
  name,
  type: native().binding["TF_ATTR_TYPE"]!,
  value: native().getDTypeInteger(dtype),
})

/** A tensor for a value; every call gives a new one, for the tape of gradients knows tensors by identity. */
export const tensorOf = (value: Value): tf.Tensor => {
  const dataId = {}
  values.set(dataId, value)
  return tf.engine().makeTensorFromTensorInfo(
    // Sizes that only TensorFlow knows (uint64 keys) never leave the operations of `Random`.
    { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType },
    recorder,
  )
}

/** Records an operation with outputs that are stated. */
export const recordAs = (
  operation: string,
  inputs: ReadonlyArray<Value>,
  attributes: Readonly<Record<string, Attribute>>,
  results: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly dtype: DataType }>,
): ReadonlyArray<Value> => current().body.add(operation, inputs, attributes, results)

/** Records an operation, its outputs by TensorFlow's rules. */
const record = (operation: string, list: ReadonlyArray<EagerAttribute>, inputs: ReadonlyArray<tf.TensorInfo>) => {
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

class Recorder extends tf.KernelBackend {
  get binding() {
    return native().binding
  }
  get isGPUPackage() {
    return native().isGPUPackage
  }
  getDTypeInteger(dtype: tf.DataType) {
    return native().getDTypeInteger(dtype)
  }
  createReductionOpAttrs(tensor: tf.TensorInfo, keepDims?: boolean) {
    return native().createReductionOpAttrs(tensor, keepDims)
  }
  applyActivation(...parameters: ReadonlyArray<unknown>) {
    return native().applyActivation.apply(this, parameters as never)
  }
  executeSingleInput(operation: string, input: tf.TensorInfo) {
    return this.executeSingleOutput(operation, [typeAttribute("T", input.dtype)], [input])
  }
  executeSingleOutput(operation: string, list: ReadonlyArray<EagerAttribute>, inputs: ReadonlyArray<tf.TensorInfo>) {
    return tensorOf(record(operation, list, inputs)[0]!)
  }
  executeMultipleOutputs(operation: string, list: ReadonlyArray<EagerAttribute>, inputs: ReadonlyArray<tf.TensorInfo>) {
    return record(operation, list, inputs).map(tensorOf)
  }

  override write(data: tf.backend_util.BackendValues | null, shape: Array<number>, dtype: tf.DataType) {
    if (!isDataType(dtype) || data === null)
      throw unsupported(`a constant of type ${dtype}`, "no float32, int32 or bool")
    const dataId = {}
    const constant = (
      ArrayBuffer.isView(data)
        ? data.slice()
        : dtype === "float32"
          ? Float32Array.from(data as never)
          : dtype === "int32"
            ? Int32Array.from(data as never)
            : Uint8Array.from(data as never)
    ) as tf.TypedArray
    const [value] = current().body.add("Const", [], {}, [{ shape, dtype }], constant)
    values.set(dataId, value!)
    return dataId
  }
  override move(dataId: object, data: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType) {
    values.set(dataId, values.get(this.write(data, shape, dtype))!)
  }
  override readSync(): never {
    return read()
  }
  override read(): never {
    return read()
  }
  override disposeData() {
    return true
  }
  override incRef() {}
  override refCount() {
    return 1
  }
  override numDataIds() {
    return 0
  }
  override floatPrecision(): 32 {
    return 32
  }
  override memory() {
    return { unreliable: true }
  }
  override timerAvailable() {
    return false
  }
  override dispose() {}
}

const recorder = new Recorder()

/** Kernels that need other words here than tfjs-node's. */
const OWN: { readonly [kernel: string]: tf.KernelFunc } = {
  // The engine must not get the tensor back that it gave: the tape would tie it to itself.
  Identity: ({ inputs }) => tensorOf(localValue(inputs["x"]!)),
  // tfjs-node reads the indices to check them. A compiled program clamps those out of range.
  GatherV2: ({ inputs, attrs }) => {
    const { axis, batchDims } = attrs as { readonly axis: number; readonly batchDims: number }
    const { x, indices } = inputs as { readonly x: tf.TensorInfo; readonly indices: tf.TensorInfo }
    return recorder.executeSingleOutput(
      "GatherV2",
      [
        { name: "batch_dims", type: native().binding["TF_ATTR_INT"]!, value: batchDims },
        typeAttribute("Tparams", x.dtype),
        typeAttribute("Tindices", indices.dtype),
        typeAttribute("Taxis", "int32"),
      ],
      [x, indices, tf.scalar(axis, "int32")],
    )
  },
  // tfjs-node leaves the types to TensorFlow's eager execution.
  ExpandDims: ({ inputs, attrs }) => {
    const input = inputs["input"]!
    const types = [typeAttribute("T", input.dtype), typeAttribute("Tdim", "int32")]
    return recorder.executeSingleOutput("ExpandDims", types, [
      input,
      tf.scalar((attrs as { dim: number }).dim, "int32"),
    ])
  },
  // Stateful in TensorFlow: the same program would draw other numbers each time, and others than eager.
  Multinomial: () => {
    throw effect("tf.multinomial draws random numbers")
  },
}

const effect = (found: string): CompileError =>
  new CompileError({
    reason: "effect",
    at: `the traced function, ${callSite()}`,
    expected: "a pure function of its arguments",
    found,
    fix: "Pass it in as a tensor, or draw it with Random.uniform and a key.",
  })

const adopt = (): void => {
  if (tf.findBackend(RECORDER) === null) tf.registerBackend(RECORDER, () => recorder, -1)
  for (const kernel of tf.getKernelsForBackend(NATIVE)) {
    const own = OWN[kernel.kernelName]
    // Looked up at each call, for kernels may be replaced later.
    const kernelFunc: tf.KernelFunc =
      own ?? ((call) => tf.getKernel(kernel.kernelName, NATIVE).kernelFunc({ ...call, backend: recorder }))
    if (tf.getKernel(kernel.kernelName, RECORDER) === undefined) {
      tf.registerKernel({ kernelName: kernel.kernelName, backendName: RECORDER, kernelFunc })
    }
  }
}

/**
 * Keeps the data of all variables alive. The function returned puts back the data of those that were assigned meanwhile,
 * and names one.
 */
const holdVariables = (): (() => string | undefined) => {
  const held = Object.values(tf.engine().state.registeredVariables).map((variable) => ({
    variable,
    dataId: variable.dataId,
    backend: holder(variable.dataId)!,
  }))
  for (const { backend, dataId } of held) backend.incRef(dataId)
  return () => {
    let assigned: string | undefined
    for (const { backend, dataId, variable } of held) {
      if (variable.dataId === dataId) backend.disposeData(dataId)
      else {
        variable.dataId = dataId
        assigned = variable.name
      }
    }
    return assigned
  }
}

/** A function body and what it uses from outside. */
export interface Recorded<Out> {
  readonly body: GraphFunction
  readonly captured: ReadonlyArray<Captured>
  readonly result: Out
}

/**
 * Runs `trace` with the recorder as TensorFlow.js's back-end. It makes parameters, and sets the results.
 */
export const recordProgram = <Out>(
  name: string,
  compiled: boolean,
  trace: (body: GraphFunction) => Out,
): Recorded<Out> => {
  if (recording !== undefined) throw effect("a compiled function called while another is traced")
  adopt()
  const before = tf.getBackend()
  const root = new GraphFunction(name)
  const state: Recording = { compiled, root, body: root, captured: new Map() }
  const random = Math.random
  const engine = tf.engine()
  const unassigned = holdVariables()
  recording = state
  try {
    // Asynchronous in its type only: a back-end that exists is active when the call returns.
    void tf.setBackend(RECORDER)
    Math.random = () => {
      throw effect("Math.random(), which tf.randomUniform and dropout without a seed call")
    }
    const result = engine.tidy(() => {
      const out = trace(root)
      return { out } as never
    }) as unknown as { readonly out: Out }
    for (const { tensor, handles } of state.captured.values()) {
      if (native().refCount(tensor.dataId) < handles) throw effect("a tensor from outside disposed")
    }
    return { body: root, captured: [...state.captured.values()], result: result.out }
  } catch (cause) {
    for (const { tensor } of state.captured.values()) tensor.dispose()
    throw cause
  } finally {
    Math.random = random
    recording = undefined
    void tf.setBackend(before)
    const assigned = unassigned()
    if (assigned !== undefined) {
      // oxlint-disable-next-line no-unsafe-finally -- more to the point than what failed because of it
      throw effect(`variable ${assigned} assigned`)
    }
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
