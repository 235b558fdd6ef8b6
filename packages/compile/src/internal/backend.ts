/**
 * A TensorFlow.js back-end that computes nothing: its kernels are those of tfjs-node, and what they would have executed is
 * written down.
 */
import * as tf from "@tensorflow/tfjs-core"
import { missingKernels, unsupportedKernels } from "../Kernels.ts"
import { type EagerAttribute, isDataType, NATIVE, native, RECORDER } from "./native.ts"
import { localValue, record, recordConstant, tensorOf, unsupported, valueRead } from "./recorder.ts"

const typeAttribute = (name: string, dtype: tf.DataType): EagerAttribute => ({
  name,
  type: native().binding["TF_ATTR_TYPE"]!,
  value: native().getDTypeInteger(dtype),
})

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
    const dataId = {}
    this.move(dataId, data, shape, dtype)
    return dataId
  }
  override move(dataId: object, data: tf.backend_util.BackendValues | null, shape: Array<number>, dtype: tf.DataType) {
    if (!isDataType(dtype) || dtype === "complex64" || data === null) {
      throw unsupported(`a constant of type ${dtype}`, "none of float32, int32 and bool")
    }
    const constant = ArrayBuffer.isView(data)
      ? data.slice()
      : dtype === "float32"
        ? Float32Array.from(data as never)
        : dtype === "int32"
          ? Int32Array.from(data as never)
          : Uint8Array.from(data as never)
    recordConstant(dataId, constant, shape, dtype)
  }
  override readSync(): never {
    throw valueRead()
  }
  /** Refused when the trace ends; a promise that fails would go on to end the process where nothing waits for it. */
  override read(): Promise<tf.backend_util.BackendValues> {
    valueRead()
    return new Promise(() => {})
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
  // tfjs-node states the type from before its cast, which eager execution overlooks.
  Mean: ({ inputs, attrs }) => {
    const x = tf.cast(inputs["x"] as tf.Tensor, "float32")
    const { axis, keepDims } = attrs as unknown as tf.MeanAttrs
    const axes = tf.tensor1d(tf.util.parseAxisParam(axis, x.shape), "int32")
    return recorder.executeSingleOutput("Mean", native().createReductionOpAttrs(x, keepDims), [x, axes])
  },
  // tfjs-node disposes an int32 argument, whose tensor is the caller's.
  Exp: ({ inputs }) => recorder.executeSingleInput("Exp", tf.cast(inputs["x"] as tf.Tensor, "float32")),
}

/** Registers the back-end, and its kernels for all that native TensorFlow has by now. */
export const adopt = (): void => {
  if (tf.findBackend(RECORDER) === null) tf.registerBackend(RECORDER, () => recorder, -1)
  const native = tf.getKernelsForBackend(NATIVE).map(({ kernelName }) => kernelName)
  for (const kernelName of new Set([...native, ...missingKernels])) {
    if (tf.getKernel(kernelName, RECORDER) !== undefined) continue
    const own = OWN[kernelName]
    const kernelFunc: tf.KernelFunc = (call) => {
      const refused = unsupportedKernels[kernelName]
      if (refused !== undefined) throw unsupported(kernelName, refused)
      if (own !== undefined) return own(call)
      // Looked up at each call, for kernels may be replaced later.
      const eager = tf.getKernel(kernelName, NATIVE)
      if (eager === undefined) throw unsupported(kernelName, "native TensorFlow has no such kernel of TensorFlow.js")
      return eager.kernelFunc({ ...call, backend: recorder })
    }
    tf.registerKernel({ kernelName, backendName: RECORDER, kernelFunc })
  }
}
