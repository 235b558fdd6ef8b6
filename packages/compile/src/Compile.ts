/**
 * `tf.function` for TensorFlow.js: a function is traced once for each set of shapes and runs as one program.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { CompileError } from "./CompileError.ts"
import { each, type Layout, once } from "./internal/layout.ts"
import { insideGradient, isRecording } from "./internal/recorder.ts"
import { probe, type Rung, RUNGS } from "./Ladder.ts"
import { type Explanation, make, type Program } from "./Program.ts"
import { fit, type Spec } from "./Spec.ts"
import { leaves, signature, type Tree, withLeaves } from "./Tree.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** For errors and explanations. The function's own name, if it has one. */
  readonly name?: string
  /** The rung to run on. Without it, the highest that works, found by trying. */
  readonly rung?: Rung
  /** What arguments may look like, one tree for each; their sizes go up to the next bucket. */
  readonly specs?: ReadonlyArray<Tree<Spec>>
  /** How many programs to keep; the one unused for longest goes first. 64. */
  readonly programs?: number
  /**
   * Told before a program is made, which can take seconds. The function that it may return is told when it is made, or, with
   * nothing, that it could not be.
   */
  readonly onCompile?: (program: {
    readonly name: string
    readonly signature: string
    readonly rung: Rung
  }) => ((made: Explanation | undefined) => void) | void
}

/**
 * A function that is called like the one it was made of. It owns programs inside TensorFlow, until it is disposed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Compiled<Arguments extends ReadonlyArray<unknown>, Out> {
  /** The caller owns the tensors of the result, as with any operation. */
  (...inputs: Arguments): Out
  /** The programs that there are, in the order of their last use. */
  readonly explain: () => ReadonlyArray<Explanation>
  readonly dispose: () => void
}

const eagerly = <Arguments extends ReadonlyArray<unknown>, Out>(
  name: string,
  { calls: check, whole }: Layout<Arguments, Out>,
  inputs: Arguments,
  because: ReadonlyArray<string>,
): Program<Out> => {
  // What a program would refuse is refused here.
  check(inputs)
  let calls = 0
  const shapes = signature(inputs)
  return {
    run: (tensors) => {
      calls++
      return tf.tidy(() => {
        const out = whole(...withLeaves(inputs, tensors))
        const own = new Set(tensors)
        // A program gives new tensors, also where the function gives its argument back.
        return withLeaves<unknown>(
          out,
          leaves(out, "result").map((one) => (own.has(one) ? tf.clone(one) : one)),
        ) as never
      }) as Out
    },
    explain: () => ({
      name,
      signature: shapes,
      rung: "eager",
      because,
      traceMs: 0,
      compileMs: 0,
      nodes: 0,
      flops: 0,
      calls,
    }),
    dispose: () => {},
  }
}

const compileAs = <Arguments extends ReadonlyArray<unknown>, Out>(
  name: string,
  layout: Layout<Arguments, Out>,
  options: Options,
): Compiled<Arguments, Out> => {
  const limit = options.programs ?? 64
  const programs = new Map<string, Program<Out>>()
  let disposed = false

  const evict = () => {
    const [oldest] = programs
    if (oldest === undefined || programs.size <= limit) return
    oldest[1].dispose()
    programs.delete(oldest[0])
  }

  /** Makes a program on the first rung that takes it, and runs it. */
  const first = (key: string, inputs: Arguments, tensors: ReadonlyArray<tf.Tensor>): Out => {
    const because: Array<string> = []
    const refused: Array<CompileError> = []
    for (const rung of options.rung === undefined ? RUNGS : [options.rung]) {
      const { because: why, works } = probe(rung)
      if (!works && options.rung === undefined) {
        because.push(why)
        continue
      }
      const told = options.onCompile?.({ name, signature: signature(inputs), rung })
      let program: Program<Out> | undefined
      try {
        program =
          rung === "eager" ? eagerly(name, layout, inputs, because) : make(name, layout, inputs, rung, [...because])
        const out = program.run(tensors)
        programs.set(key, program)
        told?.(program.explain())
        evict()
        return out
      } catch (cause) {
        program?.dispose()
        told?.(undefined)
        if (!(cause instanceof CompileError) || cause.reason !== "failed-to-compile") throw cause
        because.push(`${rung}: ${cause.found}`)
        refused.push(cause)
      }
    }
    throw refused.at(-1)!
  }

  const call = (...given: Arguments): Out => {
    if (isRecording() || insideGradient()) return layout.whole(...given)
    if (disposed) {
      throw new CompileError({
        reason: "disposed",
        at: name,
        expected: "a compiled function",
        found: "one that was disposed",
        fix: "Call dispose when no more calls follow.",
      })
    }
    const { inputs, release } = fit(name, given, options.specs)
    try {
      const tensors = leaves(inputs)
      const key = `${tf.getBackend()} ${signature(inputs)}`
      const known = programs.get(key)
      if (known === undefined) return first(key, inputs, tensors)
      programs.delete(key)
      programs.set(key, known)
      return known.run(tensors)
    } finally {
      release()
    }
  }

  return Object.assign(call, {
    explain: () => [...programs.values()].map((program) => program.explain()),
    dispose: () => {
      disposed = true
      for (const program of programs.values()) program.dispose()
      programs.clear()
    },
  })
}

const nameOf = (fn: { readonly name: string }, options: Options): string => options.name ?? (fn.name || "a function")

/**
 * Compiles a function from tensors, and arrays and records of them, to tensors. What it uses of outside (other tensors,
 * numbers) is fixed when it is traced; it must change nothing outside. `tf.grad` and optimizers inside are traced along.
 *
 * Inside another compiled function, or while a gradient is taken of it, it is the plain function.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { compile } from "@seed-grpo/compile"
 * import "@tensorflow/tfjs-backend-cpu"
 * import * as tf from "@tensorflow/tfjs-core"
 *
 * await tf.setBackend("cpu")
 * const square = compile((x: tf.Tensor) => tf.mul(x, x), { name: "square" })
 * assert.deepEqual([...square(tf.tensor1d([1, 2, 3])).dataSync()], [1, 4, 9])
 * assert.equal(square.explain()[0]?.rung, "eager") // "xla" where @tensorflow/tfjs-node is active
 * square.dispose()
 * ```
 *
 * @throws {CompileError} on a call: see its reasons
 * @since 0.1.0
 * @category constructors
 */
export const compile = <Arguments extends ReadonlyArray<unknown>, Out>(
  fn: (...inputs: Arguments) => Out,
  options: Options = {},
): Compiled<Arguments, Out> => compileAs(nameOf(fn, options), once(fn), options)

/**
 * Compiles a function that is called for several inputs at the same time: `(shared, owns) => owns.map((own) => fn(shared, own))`,
 * each call a program of its own, which TensorFlow runs on a thread of its own. For work whose operations are too small to be
 * shared among threads. All of `owns` have the same shapes; the program is traced and compiled once for all of them.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { compileEach } from "@seed-grpo/compile"
 * import "@tensorflow/tfjs-backend-cpu"
 * import * as tf from "@tensorflow/tfjs-core"
 *
 * await tf.setBackend("cpu")
 * const scaled = compileEach((factor: tf.Tensor, x: tf.Tensor) => tf.mul(factor, x), { name: "scaled" })
 * const [first, second] = scaled(tf.scalar(2), [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])])
 * assert.deepEqual([...first!.dataSync(), ...second!.dataSync()], [2, 4, 6, 8])
 * ```
 *
 * @throws {CompileError} on a call: see its reasons; `not-tensors` where `owns` is empty or its shapes differ
 * @since 0.1.0
 * @category constructors
 */
export const compileEach = <Shared, Own, Out>(
  fn: (shared: Shared, own: Own) => Out,
  options: Options = {},
): Compiled<[Shared, ReadonlyArray<Own>], ReadonlyArray<Out>> => {
  const name = nameOf(fn, options)
  return compileAs(name, each(name, fn), options)
}
