/**
 * One traced function for one set of shapes, on one rung of the ladder.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { CompileError } from "./CompileError.ts"
import { storeNew } from "./DiskCache.ts"
import { countFlops, countNodes } from "./Graph.ts"
import { savedModel } from "./internal/graphDef.ts"
import type { Layout } from "./internal/layout.ts"
import { localValue, parameterFor, release, tensorOf } from "./internal/recorder.ts"
import { recordProgram } from "./internal/recordProgram.ts"
import { openSession, type Session } from "./internal/session.ts"
import type { Rung } from "./Ladder.ts"
import { leaves, signature, withLeaves } from "./Tree.ts"

/**
 * What a program is and what it took to make.
 *
 * @since 0.1.0
 * @category models
 */
export interface Explanation {
  readonly name: string
  /** Structure, types and shapes of the arguments. */
  readonly signature: string
  readonly rung: Rung
  /** Why not a higher rung; empty on the highest. */
  readonly because: ReadonlyArray<string>
  readonly traceMs: number
  /** Loading and the first run, in which TensorFlow compiles. */
  readonly compileMs: number
  /** Operations recorded, those of loops' bodies once. */
  readonly nodes: number
  /** Floating-point operations of products and convolutions in a call, all parts together: see `countFlops`. */
  readonly flops: number
  readonly calls: number
}

/**
 * A function that was traced and loaded.
 *
 * @since 0.1.0
 * @category models
 */
export interface Program<Out> {
  /** The caller owns the tensors of the result. */
  readonly run: (tensors: ReadonlyArray<tf.Tensor>) => Out
  readonly explain: () => Explanation
  readonly dispose: () => void
}

const ended = (name: string): CompileError =>
  new CompileError({
    reason: "disposed",
    at: name,
    expected: "it to be alive",
    found: "it was disposed",
    fix: "Call dispose when no more calls follow.",
  })

const failed = (reason: "failed-to-compile" | "failed-to-run", name: string, shapes: string, cause: unknown) =>
  new CompileError({
    reason,
    at: `${name} ${shapes}`,
    expected: "TensorFlow to run it",
    found: cause instanceof Error ? cause.message.split("\n")[0]! : String(cause),
    fix:
      reason === "failed-to-compile"
        ? 'Compile it with { rung: "graph" } or { rung: "eager" }, or change the operation that is named.'
        : "Look for values or sizes that this operation cannot take, or for memory that is spent.",
    cause,
  })

/**
 * Traces a function for arguments of these shapes. The program runs on `rung`, which is not `eager`.
 *
 * @throws {CompileError} all reasons but `no-bucket`
 * @since 0.1.0
 * @category constructors
 */
export const make = <Arguments extends ReadonlyArray<unknown>, Out>(
  name: string,
  layout: Layout<Arguments, Out>,
  inputs: Arguments,
  rung: "xla" | "graph",
  because: ReadonlyArray<string>,
): Program<Out> => {
  const shapes = signature(inputs)
  const calls = layout.calls(inputs)
  const first = layout.first(inputs)
  const began = performance.now()
  const { body, captured, result } = recordProgram(name, rung === "xla", (root, lend) => {
    const parameters = leaves(first).map((one) => parameterFor(root, one))
    const tensors = parameters.map((one) => lend(tensorOf(one)))
    const out = layout.part(...(withLeaves(first, tensors) as Array<never>))
    root.results = leaves(out, "result").map(localValue)
    // The tensors themselves end with the trace.
    return withLeaves<unknown>(
      out,
      root.results.map(() => null),
    )
  })
  const traceMs = performance.now() - began
  // Parameters in the order they were met: those of the arguments first, what was captured behind them.
  const outside = captured.map(({ tensor }) => tensor)
  let session: Session | undefined
  let compileMs = 0
  let runs = 0
  const start = performance.now()
  try {
    const given = leaves(inputs).length
    const taken = calls.map((call) => [...call, ...outside.map((_, i) => given + i)])
    const model = savedModel(body, taken, rung === "xla")
    session = openSession(model, given + outside.length, body.results.length, calls.length)
  } catch (cause) {
    release(captured)
    throw failed("failed-to-compile", name, shapes, cause)
  }
  compileMs = performance.now() - start
  return {
    run: (tensors) => {
      if (session === undefined) throw ended(name)
      const before = performance.now()
      let results
      try {
        results = session.run([...tensors, ...outside])
      } catch (cause) {
        if (outside.some(({ isDisposed }) => isDisposed)) throw ended(`a variable that ${name} uses`)
        throw failed(runs === 0 ? "failed-to-compile" : "failed-to-run", name, shapes, cause)
      }
      if (runs++ === 0) {
        compileMs += performance.now() - before
        if (rung === "xla") storeNew()
      }
      const count = body.results.length
      return layout.result(calls.map((_, i) => withLeaves<unknown>(result, results.slice(i * count, (i + 1) * count))))
    },
    explain: () => ({
      name,
      signature: shapes,
      rung,
      because,
      traceMs,
      compileMs,
      nodes: countNodes(body),
      flops: calls.length * countFlops(body),
      calls: runs,
    }),
    dispose: () => {
      session?.close()
      if (session !== undefined) release(captured)
      session = undefined
    },
  }
}
