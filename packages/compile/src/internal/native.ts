/**
 * The parts of tfjs-node's back-end that a trace uses.
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Attribute, type DataType, DataTypes } from "../Graph.ts"

/** The name of the back-end that records. */
export const RECORDER = "seed-grpo-recorder"
/** That of tfjs-node and tfjs-node-gpu. */
export const NATIVE = "tensorflow"

/** An attribute as tfjs-node's kernels state it. */
export interface EagerAttribute {
  readonly name: string
  readonly type: number
  readonly value: boolean | number | string | ReadonlyArray<number>
}

interface Binding {
  readonly [constant: string]: number
}

interface NativeBackend extends tf.KernelBackend {
  readonly binding: Binding
  readonly isGPUPackage: boolean
  readonly getDTypeInteger: (dtype: tf.DataType) => number
  readonly createReductionOpAttrs: (tensor: tf.TensorInfo, keepDims?: boolean) => Array<EagerAttribute>
  readonly applyActivation: (...parameters: ReadonlyArray<unknown>) => tf.Tensor
}

export const native = () => tf.findBackend(NATIVE) as unknown as NativeBackend

export const isDataType = (dtype: string): dtype is tf.NumericDataType & DataType => dtype in DataTypes

/** The back-end that holds a tensor, if the tensor is alive. */
export const holder = (dataId: object): tf.KernelBackend | undefined =>
  tf.engine().state.tensorInfo.get(dataId)?.backend

const kinds = (binding: Binding): ReadonlyMap<number, Attribute["kind"]> =>
  new Map([
    [binding["TF_ATTR_STRING"]!, "string"],
    [binding["TF_ATTR_INT"]!, "int"],
    [binding["TF_ATTR_FLOAT"]!, "float"],
    [binding["TF_ATTR_BOOL"]!, "bool"],
    [binding["TF_ATTR_TYPE"]!, "type"],
  ])

/** Attributes of the recorded graph. */
export const attributes = (list: ReadonlyArray<EagerAttribute>): Readonly<Record<string, Attribute>> => {
  const kindOf = kinds(native().binding)
  return Object.fromEntries(
    list.map(({ name, type, value }) => [name, { kind: kindOf.get(type)!, value } as Attribute]),
  )
}
