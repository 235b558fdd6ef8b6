/** Native TensorFlow without its native part, as right after `npm install`. */
import { Backend } from "@seed-grpo/runtime"
import { installedPackages, layerTensorFlow, layerTensorFlowFrom } from "@seed-grpo/runtime/TensorFlowBackend"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"

const isBuilt = installedPackages().some(({ built }) => built)

it.effect.skipIf(isBuilt)("is a typed error with the command that provides it", () =>
  Effect.gen(function* () {
    for (const [backend, fix] of [
      [layerTensorFlow, "Run `seed-grpo native install`."],
      [layerTensorFlowFrom("@tensorflow/tfjs-node"), "Run `seed-grpo native install --package @tensorflow/tfjs-node`."],
    ] as const) {
      const error = yield* Effect.flip(Effect.provide(Backend.Backend, backend))
      assert.deepStrictEqual([error.reason, error.fix], ["not-built", fix])
    }
  }),
)
