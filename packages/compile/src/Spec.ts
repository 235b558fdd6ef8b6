/**
 * What the arguments of a compiled function may look like.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { CompileError } from "./CompileError.ts"
import { leaves, type Tree, withLeaves } from "./Tree.ts"

/**
 * A tensor's type and sizes. A size is a number, `null` for any, or buckets in ascending order: the tensor is filled up
 * with zeros to the first that holds it, and the function has to be told (by a mask, say) what is real.
 *
 * @since 0.1.0
 * @category models
 */
export interface Spec {
  readonly dtype: "float32" | "int32" | "bool"
  readonly shape: ReadonlyArray<number | null | ReadonlyArray<number>>
}

const isSpec = (tree: Tree<Spec>): tree is Spec => "dtype" in tree && typeof tree.dtype === "string"

const specLeaves = (tree: Tree<Spec>): ReadonlyArray<Spec> =>
  isSpec(tree) ? [tree] : Object.values(tree as { readonly [name: string]: Tree<Spec> }).flatMap(specLeaves)

const show = ({ dtype, shape }: Spec) =>
  `${dtype}[${shape.map((size) => (size === null ? "any" : typeof size === "number" ? size : size.join("|"))).join(", ")}]`

/** The size that a dimension gets, or `undefined` where none fits. */
const sizeFor = (wanted: number | null | ReadonlyArray<number> | undefined, size: number): number | undefined =>
  wanted === null
    ? size
    : typeof wanted === "number"
      ? wanted === size
        ? size
        : undefined
      : wanted?.find((bucket) => bucket >= size)

const fitted = (name: string, i: number, tensor: tf.Tensor, spec: Spec): tf.Tensor => {
  const sizes = tensor.shape.map((size, axis) => sizeFor(spec.shape[axis], size))
  if (tensor.dtype !== spec.dtype || tensor.rank !== spec.shape.length || sizes.includes(undefined)) {
    throw new CompileError({
      reason: "no-bucket",
      at: `${name}, tensor ${i} of its arguments`,
      expected: show(spec),
      found: `${tensor.dtype}[${tensor.shape.join(", ")}]`,
      fix: "Add a bucket that holds it, or split the input.",
    })
  }
  const paddings = tensor.shape.map((size, axis): [number, number] => [0, sizes[axis]! - size])
  return paddings.every(([, after]) => after === 0) ? tensor : tf.pad(tensor, paddings)
}

/**
 * The arguments in the sizes of their specs; `release` frees what was filled up.
 *
 * @throws {CompileError} `no-bucket`
 * @since 0.1.0
 * @category conversions
 */
export const fit = <Arguments extends ReadonlyArray<unknown>>(
  name: string,
  inputs: Arguments,
  specs: ReadonlyArray<Tree<Spec>> | undefined,
): { readonly inputs: Arguments; readonly release: () => void } => {
  if (specs === undefined) return { inputs, release: () => {} }
  const wanted = specLeaves(specs)
  const given = leaves(inputs)
  if (given.length !== wanted.length) {
    throw new CompileError({
      reason: "no-bucket",
      at: `${name}'s arguments`,
      expected: `${wanted.length} tensors`,
      found: `${given.length}`,
      fix: "Give one spec for each tensor.",
    })
  }
  const made: Array<tf.Tensor> = []
  const release = () => {
    for (const tensor of made) tensor.dispose()
  }
  try {
    const sized = given.map((tensor, i) => {
      const out = fitted(name, i, tensor, wanted[i]!)
      if (out !== tensor) made.push(out)
      return out
    })
    return { inputs: withLeaves(inputs, sized), release }
  } catch (cause) {
    release()
    throw cause
  }
}
