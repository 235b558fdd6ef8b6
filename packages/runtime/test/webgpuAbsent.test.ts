/** WebGPU that is there and has nothing to run on, as in a browser where it is off. */
import { Backend } from "@seed-grpo/runtime"
import { layerWebGpu } from "@seed-grpo/runtime/WebGpuBackend"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"

it.effect("no adapter is a typed error that says what to do", () =>
  Effect.gen(function* () {
    Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => null }, configurable: true })
    const error = yield* Effect.flip(Effect.provide(Backend.Backend, layerWebGpu))
    assert.strictEqual(error.reason, "no-adapter")
    assert.match(error.fix, /Install a driver .*or use the wasm back-end/)
  }),
)
