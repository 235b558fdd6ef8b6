/**
 * How the function that is traced lies in the function that is called: it is all of it, or one of several calls in it.
 */
import { CompileError } from "../CompileError.ts"
import { leaves, signature } from "../Tree.ts"

/** Arguments as the caller gives them are `Arguments`, and so is `Out`. */
export interface Layout<Arguments extends ReadonlyArray<unknown>, Out> {
  /** What runs eagerly, and inside of other compiled functions. */
  readonly whole: (...inputs: Arguments) => Out
  /** What is traced. */
  readonly part: (...inputs: Array<never>) => unknown
  /** The arguments of the first part. */
  readonly first: (inputs: Arguments) => ReadonlyArray<unknown>
  /** For each call of the part, its arguments among the tensors of all. */
  readonly calls: (inputs: Arguments) => ReadonlyArray<ReadonlyArray<number>>
  readonly result: (outs: ReadonlyArray<unknown>) => Out
}

const numbers = (from: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => from + i)

/** The traced function is the function. */
export const once = <Arguments extends ReadonlyArray<unknown>, Out>(
  fn: (...inputs: Arguments) => Out,
): Layout<Arguments, Out> => ({
  whole: fn,
  part: fn,
  first: (inputs) => inputs,
  calls: (inputs) => [numbers(0, leaves(inputs).length)],
  result: ([out]) => out as Out,
})

const refuse = (name: string, expected: string, found: string, fix: string): never => {
  throw new CompileError({ reason: "not-tensors", at: `the second argument of ${name}`, expected, found, fix })
}

/** The function is called for each of the second argument. */
export const each = <Shared, Own, Out>(
  name: string,
  fn: (shared: Shared, own: Own) => Out,
): Layout<[Shared, ReadonlyArray<Own>], ReadonlyArray<Out>> => ({
  whole: (shared, owns) => owns.map((own) => fn(shared, own)),
  part: fn,
  first: ([shared, owns]) => [shared, owns[0]],
  calls: ([shared, owns]) => {
    if (owns.length === 0) refuse(name, "at least one", "none", "Do not call it where there is nothing to do.")
    const shape = signature(owns[0])
    const other = owns.find((own) => signature(own) !== shape)
    if (other !== undefined) {
      refuse(name, shape, signature(other), "Fill all up to the same shapes, or call it once for each shape.")
    }
    const [before, count] = [leaves(shared).length, leaves(owns[0]).length]
    return owns.map((_, i) => [...numbers(0, before), ...numbers(before + i * count, count)])
  },
  result: (outs) => outs as ReadonlyArray<Out>,
})
