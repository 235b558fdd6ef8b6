/** What a traced function must not do is refused with a reason and a place, and the engine is as it was before. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import type { Reason } from "../src/CompileError.ts"
import { whileLoop } from "../src/ControlFlow.ts"
import { engineState } from "./engine.ts"
import { useTensorFlow } from "./native.ts"
import { refused } from "./refused.ts"

let variable: tf.Variable
let outside: tf.Tensor
let x: tf.Tensor

beforeAll(async () => {
  await useTensorFlow()
  variable = tf.variable(tf.tensor1d([1, 2]), true, "weight")
  outside = tf.tensor1d([3, 4])
  x = tf.tensor1d([5, 6])
  // The first program makes and ends the probe's.
  compile((one: tf.Tensor) => tf.neg(one))(x).dispose()
})

const here = /effects\.test\.ts:\d+/

/** Refused when traced, also inside of tidies, gradients and loops, and nothing changes. */
const refuses = (what: string, reason: Reason, found: RegExp, run: (x: tf.Tensor) => unknown) =>
  it(what, () => {
    const places: ReadonlyArray<(x: tf.Tensor) => unknown> = [
      run,
      (one) => tf.tidy(() => run(tf.mul(one, 2)) as tf.Tensor),
      (one) => tf.grad((y: tf.Tensor) => tf.sum(run(tf.exp(tf.square(y))) as tf.Tensor))(one),
      (one) =>
        whileLoop(
          (state) => tf.less(tf.sum(state), 100),
          (state) => tf.add(state, tf.sum(run(state) as tf.Tensor)),
          one,
        ),
    ]
    for (const place of places) {
      const before = engineState()
      const program = compile(place, { name: "culprit" })
      const error = refused(() => program(x))
      assert.deepStrictEqual(engineState(), before)
      assert.strictEqual(error.reason, reason)
      assert.match(error.message, found)
      assert.match(error.at, here)
    }
    assert.deepStrictEqual([...outside.dataSync(), ...variable.dataSync(), ...x.dataSync()], [3, 4, 1, 2, 5, 6])
  })

describe("a value that is looked at", () => {
  const read = /a tensor read .*found dataSync, data, arraySync, print/
  const looks: { readonly [how: string]: (one: tf.Tensor) => unknown } = {
    dataSync: (one) => one.dataSync(),
    data: (one) => void one.data(),
    arraySync: (one) => one.arraySync(),
    array: (one) => void one.array(),
    bytes: (one) => void one.bytes(),
    bufferSync: (one) => one.bufferSync(),
    tfPrint: (one) => tf.print(one),
    print: (one) => one.print(),
    text: (one) => String(one),
  }
  for (const [how, look] of Object.entries(looks)) {
    refuses(how, "traced-value-read", read, (one) => {
      look(one)
      return one
    })
  }

  refuses("and the error caught", "traced-value-read", read, (one) => {
    try {
      return one.dataSync()[0]! > 0 ? one : tf.neg(one)
    } catch {
      return tf.neg(one)
    }
  })

  refuses("of a tensor from outside that went through an operation", "traced-value-read", read, (one) => {
    tf.add(outside, 1).dataSync()
    return one
  })
})

describe("an effect", () => {
  refuses("a variable assigned", "effect", /variable weight assigned or disposed/, (one) => {
    variable.assign(tf.tensor1d([7, 8]))
    return one
  })
  refuses("a variable disposed", "effect", /variable weight assigned or disposed/, (one) => {
    variable.dispose()
    return one
  })
  refuses("a variable made", "effect", /a variable made/, (one) => tf.variable(one))
  refuses("an optimizer's step", "effect", /found variable weight assigned/, (one) => {
    tf.train.sgd(0.1).applyGradients({ weight: tf.reshape(one, [2]) })
    return one
  })
  refuses("a tensor from outside disposed", "effect", /a tensor from outside disposed/, (one) => {
    const out = tf.add(one, outside)
    outside.dispose()
    return out
  })
  refuses("and one that was not used", "effect", /a tensor from outside disposed/, (one) => {
    tf.dispose({ outside })
    return one
  })
  refuses("Math.random()", "effect", /Math\.random\(\)/, (one) => tf.mul(one, Math.random()))
  refuses("tf.randomUniform", "effect", /Math\.random\(\)/, (one) => tf.add(one, tf.randomUniform([2])))
  refuses("tf.dropout", "effect", /Math\.random\(\)/, (one) => tf.dropout(one, 0.5))
  refuses("tf.setBackend", "effect", /tf\.setBackend\("cpu"\)/, (one) => {
    void tf.setBackend("cpu")
    return one
  })
  refuses("and the error caught", "effect", /Math\.random\(\)/, (one) => {
    try {
      return tf.mul(one, Math.random())
    } catch {
      return one
    }
  })

  it("an argument disposed", () => {
    const error = refused(() =>
      compile((one: tf.Tensor) => {
        const out = tf.neg(one)
        one.dispose()
        return out
      })(x),
    )
    assert.strictEqual(error.reason, "effect")
    assert.match(error.message, /an argument disposed/)
    assert.isFalse(x.isDisposed)
  })
})

describe("a tensor that leaves its trace", () => {
  const leak = (keep: boolean) => {
    let leaked: tf.Tensor | undefined
    const before = tf.memory().numTensors
    const out = compile((one: tf.Tensor) => {
      leaked = tf.neg(one)
      if (keep) tf.keep(leaked)
      return tf.square(one)
    })(x)
    assert.strictEqual(tf.memory().numTensors, before + 1)
    out.dispose()
    return leaked!
  }

  for (const keep of [false, true]) {
    it(keep ? "kept" : "and ends with it", () => {
      const leaked = leak(keep)
      const before = engineState()
      const uses: ReadonlyArray<() => unknown> = [
        () => tf.add(leaked, 1),
        () => compile((one: tf.Tensor) => tf.add(one, leaked))(x),
        () => tf.square(tf.reshape(leaked, [1, 2])),
      ]
      for (const use of uses) {
        const error = refused(use)
        assert.strictEqual(error.reason, "disposed")
        assert.match(error.at, here)
        assert.match(error.message, /trace/)
      }
      // Reading is TensorFlow.js's own to refuse.
      assert.throws(() => leaked.dataSync(), "Tensor is disposed")
      assert.deepStrictEqual(engineState(), before)
    })
  }

  it("out of a loop's body", () => {
    const error = refused(() =>
      compile((one: tf.Tensor) => {
        let inner: tf.Tensor | undefined
        const end = whileLoop(
          (state) => tf.less(tf.sum(state), 100),
          (state) => (inner = tf.add(state, 1)),
          one,
        )
        return tf.add(end, inner!)
      })(x),
    )
    assert.strictEqual(error.reason, "disposed")
    assert.match(error.message, /one of a loop body/)
  })
})
