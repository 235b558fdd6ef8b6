/** The tests of a family: each kernel, on both rungs, against eager TensorFlow. */
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import { compile } from "../../src/Compile.ts"
import { useTensorFlow } from "../native.ts"
import { type Family, tensorFrom } from "./case.ts"
import { differences, dispatched } from "./compare.ts"

export const checkFamily = (name: string, family: Family): void => {
  beforeAll(useTensorFlow)
  describe(`${name}, compiled as eager`, () => {
    for (const [kernel, { cases, rung }] of Object.entries(family)) {
      it(kernel, () => {
        assert.isTrue(dispatched(cases).has(kernel), "its cases run it")
        assert.deepStrictEqual(differences(kernel, cases, "graph"), [])
        if (rung === "xla") {
          const tried = cases.filter(({ xla }) => xla)
          assert.deepStrictEqual(differences(kernel, tried, "xla"), [])
          return
        }
        // What XLA has no operation for goes to the graph executor by itself.
        const [one = assert.fail()] = cases
        const program = compile((...given: ReadonlyArray<tf.Tensor>) => one.run(...given))
        tf.tidy(() => void program(...one.inputs.map(tensorFrom)))
        const [{ because, rung: used } = assert.fail()] = program.explain()
        assert.strictEqual(used, "graph")
        assert.strictEqual(because.length, 1)
        assert.match(because[0]!, /^xla: .*unsupported operations/)
        program.dispose()
      })
    }
  })
}
