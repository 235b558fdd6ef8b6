/** The same through the plain package, where its native part is there: `seed-grpo native install --package …/tfjs-node`. */
import { installedPackages, layerTensorFlow, layerTensorFlowFrom } from "@seed-grpo/runtime/TensorFlowBackend"
import { Backend } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { conformance } from "../test/conformance.ts"
import { tokenScoresSuite } from "../test/tokenScores.ts"

const NAME = "@tensorflow/tfjs-node"
const isBuilt = installedPackages().some(({ built, name }) => built && name === NAME)

if (isBuilt) {
  conformance(NAME, layerTensorFlowFrom(NAME))
  tokenScoresSuite(NAME, layerTensorFlowFrom(NAME))
}

describe.skipIf(!isBuilt)(isBuilt ? "which package" : `${NAME} has no native part here`, () => {
  it.effect("the one that is named, then the one that is loaded, and never two in a process", () =>
    Effect.gen(function* () {
      const { description } = yield* Effect.provide(Backend.Backend, layerTensorFlowFrom(NAME))
      assert.match(description, /^TensorFlow [\d.]+ through @tensorflow\/tfjs-node$/)
      const again = yield* Effect.provide(Backend.Backend, layerTensorFlow)
      assert.strictEqual(again.description, description)
      const error = yield* Effect.flip(
        Effect.provide(Backend.Backend, layerTensorFlowFrom("@tensorflow/tfjs-node-gpu")),
      )
      assert.strictEqual(error.reason, "another-loaded")
      assert.include(error.found, NAME)
    }),
  )
})
