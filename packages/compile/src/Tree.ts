/**
 * Tensors in arrays and records: what compiled functions take and give.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { CompileError } from "./CompileError.ts"

/**
 * A tensor, or arrays and records of them, nested in any way.
 *
 * @since 0.1.0
 * @category models
 */
export type Tree<Leaf = tf.Tensor> = Leaf | ReadonlyArray<Tree<Leaf>> | { readonly [name: string]: Tree<Leaf> }

const isTensor = (tree: unknown): tree is tf.Tensor => tree instanceof tf.Tensor

const isPlain = (prototype: object | null): boolean => prototype === Object.prototype || prototype === null

const isRecord = (tree: unknown): tree is { readonly [name: string]: unknown } =>
  typeof tree === "object" && tree !== null && isPlain(Object.getPrototypeOf(tree) as object | null)

const refuse = (path: string, found: unknown): never => {
  // It is refused here and now. That it fails later, when its tensors are gone, is no news that should end a process.
  if (found instanceof Promise) found.catch(() => undefined)
  throw new CompileError({
    reason: "not-tensors",
    at: path,
    expected: "a tensor, or an array or a plain record of tensors",
    found: found === null || typeof found !== "object" ? String(found) : (found.constructor?.name ?? "an object"),
    fix:
      found instanceof Promise
        ? "Write the function without async and await: it runs once, on tensors that have no values yet."
        : "Pass numbers and options through the closure, and values that change between calls as tensors.",
  })
}

const alive = (tensor: tf.Tensor, path: string): void => {
  if (!tensor.isDisposed) return
  throw new CompileError({
    reason: "disposed",
    at: path,
    expected: "a tensor that is alive",
    found: `a ${tensor.dtype}[${tensor.shape.join(",")}] that was disposed`,
    fix: "Keep it until the call is over; tf.tidy disposes what it does not return.",
  })
}

/** Collects the tensors of a tree; whether it holds nothing else. Without paths, which cost as much as all the rest. */
const collect = (node: unknown, found: Array<tf.Tensor>): boolean => {
  if (!isTensor(node)) {
    if (Array.isArray(node)) return node.every((one) => collect(one, found))
    return isRecord(node) && Object.values(node).every((one) => collect(one, found))
  }
  found.push(node)
  return !node.isDisposed
}

/** Refuses what {@link collect} did not take, with the path to it. */
const refuseIn = (node: unknown, at: string): void => {
  if (isTensor(node)) alive(node, at)
  else if (Array.isArray(node)) node.forEach((one, i) => refuseIn(one, `${at}[${i}]`))
  else if (isRecord(node)) for (const [name, one] of Object.entries(node)) refuseIn(one, `${at}.${name}`)
  else refuse(at, node)
}

/**
 * The tensors of a tree, in the order of its arrays and of its records' keys.
 *
 * @throws {CompileError} `not-tensors`, with the path to what is something else; `disposed`, with the path to the tensor
 * @since 0.1.0
 * @category conversions
 */
export const leaves = (tree: unknown, path = "arguments"): ReadonlyArray<tf.Tensor> => {
  const found: Array<tf.Tensor> = []
  if (!collect(tree, found)) refuseIn(tree, path)
  return found
}

/**
 * The same tree with other leaves, given in the order of {@link leaves}.
 *
 * @since 0.1.0
 * @category conversions
 */
export const withLeaves = <T>(tree: T, replacements: ReadonlyArray<unknown>): T => {
  let next = 0
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit)
    if (isRecord(node) && !isTensor(node)) {
      const copy: { [name: string]: unknown } = { ...node }
      for (const name of Object.keys(copy)) copy[name] = visit(copy[name])
      return copy
    }
    return replacements[next++]
  }
  return visit(tree) as T
}

/** What JSON writes between quotes as it is. */
const WORD = /^\w+$/

/**
 * A text that two trees share if and only if a program made for the one serves the other: structure, shapes and types.
 *
 * @since 0.1.0
 * @category conversions
 */
export const signature = (tree: unknown): string => {
  if (isTensor(tree)) return `${tree.dtype}[${tree.shape.join(",")}]`
  let parts = ""
  if (Array.isArray(tree)) {
    for (const one of tree) parts += `${parts === "" ? "" : ";"}${signature(one)}`
    return `(${parts})`
  }
  if (isRecord(tree)) {
    for (const [name, one] of Object.entries(tree)) {
      parts += `${parts === "" ? "" : ";"}${WORD.test(name) ? `"${name}"` : JSON.stringify(name)}:${signature(one)}`
    }
    return `{${parts}}`
  }
  return refuse("arguments", tree)
}
