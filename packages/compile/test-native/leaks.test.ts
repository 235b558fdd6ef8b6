/** What calls, failures and processes leave behind: nothing. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as tf from "@tensorflow/tfjs-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import { whileLoop } from "../src/ControlFlow.ts"
import { openSession } from "../src/internal/session.ts"
import { engineState } from "./engine.ts"
import { useTensorFlow } from "./native.ts"
import { refused } from "./refused.ts"

beforeAll(useTensorFlow)

const folders = (within = tmpdir()) => readdirSync(within).filter((name) => name.startsWith("seed-grpo-compile-"))
const ours = () => folders().filter((name) => name.includes(`-${process.pid}-`))

describe("tensors", () => {
  for (const rung of ["xla", "graph", "eager"] as const) {
    it(`of calls, programs and tidies on ${rung}`, () => {
      const outside = tf.tensor1d([1, 2])
      const program = compile((x: tf.Tensor) => [tf.add(x, outside), tf.sum(x)], { rung, programs: 2 })
      const inputs = [2, 1, 2].map((n) => tf.ones([n, 2]))
      program(inputs[0]!).forEach((one) => one.dispose())
      const before = engineState()
      for (let i = 0; i < 50; i++) program(inputs[0]!).forEach((one) => one.dispose())
      tf.tidy(() => void program(inputs[0]!))
      assert.deepStrictEqual(engineState(), before)
      // More programs than are kept: each holds what it captured.
      for (const input of [...inputs, tf.ones([4, 2]), ...inputs]) program(input).forEach((one) => one.dispose())
      assert.strictEqual(program.explain().length, 2)
      program.dispose()
      program.dispose()
      tf.dispose([inputs, outside])
    })
  }

  it("of a program that is disposed, and of one in a tidy", () => {
    const before = engineState()
    tf.tidy(() => {
      const outside = tf.tensor1d([1, 2])
      const program = compile(
        (x: tf.Tensor) =>
          whileLoop(
            (s) => tf.less(tf.sum(s), 100),
            (s) => tf.add(s, outside),
            tf.grad((y: tf.Tensor) => tf.sum(tf.mul(tf.square(y), outside)))(x),
          ),
        { rung: "graph" },
      )
      program(tf.ones([2]))
      program.dispose()
    })
    assert.deepStrictEqual(engineState(), before)
  })

  it("of 100 calls that fail in the function, in loading and in a run", () => {
    const outside = tf.tensor1d([1, 2, 3])
    const [inside, beyond] = [0, 99].map((at) => tf.tensor2d([[at]], [1, 1], "int32"))
    const traced = compile((at: tf.Tensor) => tf.add(tf.unique(tf.exp(at)).values, outside), { rung: "graph" })
    const look = compile((at: tf.Tensor) => tf.gatherND(outside, at), { rung: "graph" })
    // TensorFlow has no largest of truths.
    const wrong = compile((at: tf.Tensor) => tf.max(tf.cast(tf.add(at, outside), "bool")), { rung: "graph" })
    look(inside!).dispose()
    const before = engineState()
    for (let i = 0; i < 100; i++) {
      assert.strictEqual(refused(() => traced(beyond!)).reason, "unsupported-kernel")
      assert.strictEqual(refused(() => look(beyond!)).reason, "failed-to-run")
      assert.strictEqual(refused(() => wrong(beyond!)).reason, "failed-to-compile")
    }
    assert.deepStrictEqual(engineState(), before)
    assert.deepStrictEqual(ours(), [])
  })
})

describe("folders", () => {
  const temporary = mkdtempSync(join(tmpdir(), "seed-grpo-leaks-"))
  afterAll(() => rmSync(temporary, { recursive: true }))

  /** A process that compiles a function, with the temporary folder of its own. */
  const child = async (...how: ReadonlyArray<string>) => {
    const running = spawn(process.execPath, [fileURLToPath(new URL("loading.ts", import.meta.url)), ...how], {
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
      stdio: ["ignore", "pipe", "inherit"],
    })
    let said = ""
    running.stdout.on("data", (text) => (said += String(text)))
    const [code, signal] = (await once(running, "close")) as [number | null, string | null]
    return { code, signal, said: said.trim() }
  }

  it("none after loading, nor after a load that fails", () => {
    compile((x: tf.Tensor) => tf.neg(x))(tf.scalar(1)).dispose()
    assert.deepStrictEqual(ours(), [])
    assert.throws(() => openSession(new Uint8Array([1, 2, 3]), 0, 1), /SavedModel/)
    assert.deepStrictEqual(ours(), [])
  })

  it("that of a process which was killed is removed by the next, that of one which still loads is not", async () => {
    const killed = await child("ends")
    assert.strictEqual(killed.signal, "SIGKILL")
    const [left] = folders(temporary)
    assert.isDefined(left)

    const signal = join(temporary, "signal")
    const waiting = child("waits", signal)
    while (!existsSync(`${signal}.waiting`)) await new Promise((resolve) => setTimeout(resolve, 20))
    // The one that waits has removed the dead one's folder already, before it made its own.
    const [loading, ...more] = folders(temporary)
    assert.notStrictEqual(loading, left)
    assert.deepStrictEqual(more, [])

    assert.deepStrictEqual(await child("runs"), { code: 0, signal: null, said: "42" })
    assert.deepStrictEqual(folders(temporary), [loading])
    writeFileSync(`${signal}.go`, "")
    assert.deepStrictEqual(await waiting, { code: 0, signal: null, said: "42" })
    assert.deepStrictEqual(folders(temporary), [])
  })
})
