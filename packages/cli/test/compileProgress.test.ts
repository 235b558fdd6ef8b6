/** What is said while a program is compiled. */
import type { Program } from "@seed-grpo/compile"
import { assert, describe, it } from "vitest"
import * as CompileProgress from "../src/CompileProgress.ts"

const signature = '({"masks":{"full":float32[16,1,48,48]};"tokens":int32[768]})'

const made = (compileMs: number): Program.Explanation => ({
  name: "gradient",
  signature,
  rung: "graph",
  because: ["xla: no such operation"],
  traceMs: 200,
  compileMs,
  nodes: 865,
  flops: 3e9,
  calls: 1,
})

const watch = (isTerminal: boolean) => {
  const lines: Array<string> = []
  const progress = CompileProgress.make({ isTerminal, write: (text) => void lines.push(text) })
  const compile = (found: Program.Explanation | undefined) => {
    const finished = progress.onCompile({ name: "gradient", signature, rung: "xla" })
    const before = [...lines]
    finished?.(found)
    return { before, after: lines.splice(0).slice(before.length) }
  }
  return { compile, table: progress.table }
}

const CLEAR = "\r\u001b[2K"

describe("a program that is compiled", () => {
  it("is announced in a terminal before it is, and the line goes", () => {
    const { compile } = watch(true)
    assert.deepStrictEqual(compile(made(100)), { before: ["compiling: gradient 16 × 48 …"], after: [CLEAR] })
    assert.deepStrictEqual(compile(made(4000)).after, [CLEAR, "compiled: gradient 16 × 48, 4.2 s\n"])
    assert.deepStrictEqual(compile(undefined).after, [CLEAR])
  })

  it("is a line elsewhere, if it took long", () => {
    const { compile } = watch(false)
    assert.deepStrictEqual(compile(made(100)), { before: [], after: [] })
    assert.deepStrictEqual(compile(made(4000)), { before: [], after: ["compiled: gradient 16 × 48, 4.2 s\n"] })
  })

  it("is in the table at the end", () => {
    const { compile, table } = watch(false)
    compile(made(4000))
    compile(undefined)
    assert.strictEqual(
      table(),
      "1 programs compiled in 4.2 s\n" +
        "  gradient 16 × 48 on graph: traced 0.2 s, compiled 4.0 s, 865 operations, 3.00 GFLOP\n" +
        "    xla: no such operation",
    )
  })
})
