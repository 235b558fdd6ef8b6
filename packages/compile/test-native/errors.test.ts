/** What a function must not do is refused with a reason and a place, and the engine is as it was before. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../src/Compile.ts"
import type { Reason } from "../src/CompileError.ts"
import { cond, whileLoop } from "../src/ControlFlow.ts"
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

const here = /errors\.test\.ts:\d+/

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

describe("arguments and results", () => {
  it("a result that is no tensor, by its path", () => {
    for (const [out, found] of [
      [{ a: [1] }, /result\.a\[0\].*found 1/],
      [undefined, /result:.*found undefined/],
      [new Map(), /result:.*found Map/],
      ["text", /found text/],
    ] as const) {
      const before = engineState()
      const error = refused(() => compile(() => out)())
      assert.strictEqual(error.reason, "not-tensors")
      assert.match(error.message, found)
      assert.deepStrictEqual(engineState(), before)
    }
  })

  it("a function that is asynchronous", async () => {
    const error = refused(() =>
      compile(async (one: tf.Tensor) => {
        await Promise.resolve()
        return tf.neg(one)
      })(x),
    )
    assert.strictEqual(error.reason, "not-tensors")
    assert.match(error.message, /found Promise/)
    // What it does later fails with nobody to hear of it.
    await new Promise((resolve) => setTimeout(resolve, 10))
  })

  it("a disposed tensor, on every rung", () => {
    const gone = tf.tensor1d([1])
    gone.dispose()
    for (const rung of ["xla", "graph", "eager"] as const) {
      const program = compile((one: tf.Tensor) => tf.neg(one), { rung, name: "negate" })
      for (const when of ["before there is a program", "and after"]) {
        const error = refused(() => program(gone))
        assert.strictEqual(error.reason, "disposed", when)
        assert.match(error.message, /arguments\[0\].*float32\[1\] that was disposed/)
        program(tf.tensor1d([2])).dispose()
      }
      program.dispose()
    }
  })

  it("branches of different shapes", () => {
    const error = refused(() =>
      compile((one: tf.Tensor) =>
        cond(
          tf.less(tf.sum(one), 0),
          () => one,
          () => tf.sum(one),
        ),
      )(x),
    )
    assert.strictEqual(error.reason, "not-tensors")
    assert.match(error.message, /the second branch of cond.*float32\[2\].*float32\[\]/)
  })

  it("an error of the function's own goes through", () => {
    const before = engineState()
    assert.throws(
      () =>
        compile((one: tf.Tensor) => {
          tf.exp(one)
          throw new TypeError("mine")
        })(x),
      TypeError,
      "mine",
    )
    assert.throws(() => compile((one: tf.Tensor) => tf.matMul(tf.ones([2, 2]), tf.ones([3, 3])))(x), /inner/i)
    assert.deepStrictEqual(engineState(), before)
  })
})

describe("TensorFlow's refusals", () => {
  const crop = (image: tf.Tensor4D) =>
    tf.image.cropAndResize(image, tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], "int32"), [2, 2])

  it("name the function, the shapes and the operation", () => {
    const image = tf.ones<tf.Rank.R4>([1, 4, 4, 1])
    const before = engineState()
    const error = refused(() => compile(crop, { name: "crop", rung: "xla" })(image))
    assert.strictEqual(error.reason, "failed-to-compile")
    assert.match(error.at, /crop \(float32\[1,4,4,1\]\)/)
    assert.match(error.found, /CropAndResize/)
    assert.match(error.fix, /rung: "graph"/)
    assert.deepStrictEqual(engineState(), before)
  })

  it("in a run", () => {
    const program = compile((at: tf.Tensor) => tf.gatherND(tf.tensor1d([1, 2, 3]), at), { name: "look", rung: "graph" })
    assert.deepStrictEqual([...program(tf.tensor2d([[1]], [1, 1], "int32")).dataSync()], [2])
    const error = refused(() => program(tf.tensor2d([[7]], [1, 1], "int32")))
    assert.strictEqual(error.reason, "failed-to-run")
    assert.match(error.at, /look \(int32\[1,1\]\)/)
    assert.match(error.found, /indices\[0\] = \[7\]/)
    // It still runs.
    assert.deepStrictEqual([...program(tf.tensor2d([[2]], [1, 1], "int32")).dataSync()], [3])
  })
})
