/**
 * The record of a trace: TensorFlow operations on values of known shape, in functions that call each other.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"

/**
 * TensorFlow's numbers of the types that values can have.
 *
 * @since 0.1.0
 * @category models
 */
export const DataTypes = { float32: 1, int32: 3, complex64: 8, bool: 10, uint32: 22, uint64: 23 } as const

/**
 * @since 0.1.0
 * @category models
 */
export type DataType = keyof typeof DataTypes

/**
 * What TensorFlow calls an attribute of an operation. `kind` and `value` are those of TensorFlow's eager interface, which
 * the kernels of tfjs-node fill in; an array is a list of that kind.
 *
 * @since 0.1.0
 * @category models
 */
export type Attribute =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "int"; readonly value: number | ReadonlyArray<number> }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "type"; readonly value: number | ReadonlyArray<number> }
  | { readonly kind: "shapes"; readonly value: ReadonlyArray<ReadonlyArray<number>> }
  | { readonly kind: "function"; readonly value: GraphFunction }

/**
 * A tensor that will exist when the program runs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Value {
  readonly shape: ReadonlyArray<number>
  readonly dtype: DataType
  readonly node: Node
  /** Which output of the node. */
  readonly output: number
}

/**
 * One operation. A parameter of the function around it is a node of type `"Parameter"`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Node {
  readonly operation: string
  readonly inputs: ReadonlyArray<Value>
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly outputs: ReadonlyArray<Value>
  readonly owner: GraphFunction
  /** The value of a `Const`. */
  readonly constant?: tf.TypedArray
  /** How many times the bodies that it calls run, where that is known. */
  readonly repeats?: number
}

/**
 * A function body. What it uses of the function around it becomes a parameter behind its own ones.
 *
 * @since 0.1.0
 * @category models
 */
export class GraphFunction {
  readonly label: string
  readonly parent: GraphFunction | undefined
  readonly parameters: Array<Value> = []
  readonly nodes: Array<Node> = []
  results: ReadonlyArray<Value> = []
  /** Values of `parent`, by the parameter that stands for each here. */
  readonly captures = new Map<Value, Value>()

  constructor(label: string, parent?: GraphFunction) {
    this.label = label
    this.parent = parent
  }

  add(
    operation: string,
    inputs: ReadonlyArray<Value>,
    attributes: Readonly<Record<string, Attribute>>,
    outputs: ReadonlyArray<{ readonly shape: ReadonlyArray<number>; readonly dtype: DataType }>,
    more: Pick<Node, "constant" | "repeats"> = {},
  ): ReadonlyArray<Value> {
    const values: Array<Value> = []
    const node: Node = {
      operation,
      inputs: inputs.map((input) => this.local(input)),
      attributes,
      outputs: values,
      owner: this,
      ...more,
    }
    for (const [output, { shape, dtype }] of outputs.entries()) values.push({ shape, dtype, node, output })
    this.nodes.push(node)
    return values
  }

  parameter(shape: ReadonlyArray<number>, dtype: DataType): Value {
    const [value] = this.add("Parameter", [], {}, [{ shape, dtype }])
    this.parameters.push(value!)
    return value!
  }

  /** The value as this function sees it: its own, a copy of a constant, or a parameter that the caller passes. */
  local(value: Value): Value {
    if (value.node.owner === this) return value
    const known = this.captures.get(value)
    if (known !== undefined) return known
    if (value.node.operation === "Const") {
      const [copy] = this.add("Const", [], value.node.attributes, [value], { constant: value.node.constant! })
      return copy!
    }
    // Not owned by any function around this one: the owner ended, which the recorder refuses before it comes here.
    const outer = this.parent!.local(value)
    const again = this.captures.get(outer)
    if (again !== undefined) return again
    const parameter = this.parameter(value.shape, value.dtype)
    this.captures.set(outer, parameter)
    return parameter
  }

  /** Whether code that is being traced here may use the value. */
  sees(value: Value): boolean {
    return value.node.owner === this || (this.parent?.sees(value) ?? false)
  }
}

/**
 * The nodes that the results need, parameters included, in an order in which each follows its inputs.
 *
 * @since 0.1.0
 * @category conversions
 */
export const needed = (body: GraphFunction): ReadonlyArray<Node> => {
  const wanted = new Set<Node>(body.results.map(({ node }) => node))
  for (let i = body.nodes.length - 1; i >= 0; i--) {
    const node = body.nodes[i]!
    if (wanted.has(node)) for (const input of node.inputs) wanted.add(input.node)
  }
  return body.nodes.filter((node) => wanted.has(node) || node.operation === "Parameter")
}

const size = (shape: ReadonlyArray<number>) => shape.reduce((product, n) => product * n, 1)

/** The functions that a node calls. */
const called = (node: Node): ReadonlyArray<GraphFunction> =>
  Object.values(node.attributes).flatMap((attribute) => (attribute.kind === "function" ? [attribute.value] : []))

/**
 * All functions that a body calls, each once, callees first.
 *
 * @since 0.1.0
 * @category conversions
 */
export const callees = (body: GraphFunction): ReadonlyArray<GraphFunction> => {
  const found = new Set<GraphFunction>()
  for (const node of needed(body)) {
    for (const callee of called(node)) {
      for (const deeper of callees(callee)) found.add(deeper)
      found.add(callee)
    }
  }
  return [...found]
}

/**
 * How many operations a program has, functions that it calls included.
 *
 * @since 0.1.0
 * @category measurements
 */
export const countNodes = (body: GraphFunction): number =>
  [body, ...callees(body)].reduce((sum, one) => sum + needed(one).length, 0)

/** A convolution does a product for each weight that one output channel has, at each place of its output. */
const convolutionFlops = (places: number, filter: ReadonlyArray<number>): number =>
  2 * places * (size(filter) / filter.at(-1)!)

/** Each channel has filters of its own. */
const depthwiseFlops = (places: number, filter: ReadonlyArray<number>): number => 2 * places * filter[0]! * filter[1]!

/** A product for each combination of indices. */
const einsumFlops = (equation: string, inputs: ReadonlyArray<Value>): number => {
  if (inputs.length < 2) return 0
  const letters = equation.split("->")[0]!.split(",")
  const sizes = new Map(letters.flatMap((one, i) => [...one].map((letter, j) => [letter, inputs[i]!.shape[j]!])))
  return 2 * size([...sizes.values()])
}

const ownFlops = ({ operation, inputs, outputs, attributes }: Node): number => {
  const shape = (i: number) => inputs[i]!.shape
  const out = outputs[0]?.shape ?? []
  switch (operation) {
    case "MatMul":
      return 2 * size(out) * shape(0)[attributes["transpose_a"]?.value === true ? 0 : 1]!
    case "BatchMatMulV2":
      return 2 * size(out) * shape(0).at(attributes["adj_x"]?.value === true ? -2 : -1)!
    case "Einsum":
      return einsumFlops(attributes["equation"]!.value as string, inputs)
    case "Conv2D":
    case "Conv3D":
      return convolutionFlops(size(out), shape(1))
    case "Conv2DBackpropInput":
    case "Conv3DBackpropInputV2":
      return convolutionFlops(size(shape(2)), shape(1))
    case "Conv2DBackpropFilter":
    case "Conv3DBackpropFilterV2":
      return convolutionFlops(size(shape(2)), out)
    case "DepthwiseConv2dNative":
      return depthwiseFlops(size(out), shape(1))
    case "DepthwiseConv2dNativeBackpropInput":
      return depthwiseFlops(size(shape(2)), shape(1))
    case "DepthwiseConv2dNativeBackpropFilter":
      return depthwiseFlops(size(shape(2)), out)
    default:
      return 0
  }
}

const nodeFlops = (node: Node): number => {
  const inside = called(node).map(countFlops)
  const both = node.operation === "StatelessIf" ? Math.max(...inside) : inside.reduce((sum, one) => sum + one, 0)
  return ownFlops(node) + both * (node.repeats ?? 1)
}

/**
 * Floating-point operations of matrix products and convolutions in one call, forward and backward; a multiplication and
 * its addition are two. The body of a `scan` counts for each row; that of a `whileLoop`, which ends on a value, once; of
 * the branches of a `cond` the larger counts.
 *
 * @since 0.1.0
 * @category measurements
 */
export const countFlops = (body: GraphFunction): number => needed(body).reduce((sum, node) => sum + nodeFlops(node), 0)
