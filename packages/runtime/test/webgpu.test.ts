/**
 * WebGPU in Node, where there is a driver for it. A software one takes a quarter of an hour; the one inside Chromium:
 *
 *     VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json pnpm vitest run … test/webgpu.test.ts
 */
import { layerWebGpu } from "@seed-grpo/runtime/WebGpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import { describe, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { vi } from "vitest"
import { conformance } from "./conformance.ts"
import { derivativesSuite } from "./derivatives.ts"
import { tokenScoresSuite } from "./tokenScores.ts"

vi.setConfig({ testTimeout: 600_000 })

/** Small tensors too, which the back-end would rather compute in JavaScript. */
const layerAllOnGpu = Layer.effectDiscard(Effect.sync(() => tf.env().set("WEBGPU_CPU_FORWARD", false))).pipe(
  Layer.provideMerge(layerWebGpu),
)

const found = await Effect.runPromise(Effect.result(Effect.scoped(Layer.build(layerWebGpu))))

if (Result.isSuccess(found)) {
  derivativesSuite("webgpu", layerAllOnGpu)
  tokenScoresSuite("webgpu", layerAllOnGpu)
  conformance("webgpu", layerWebGpu)
} else {
  describe(`webgpu: ${found.failure.message}`, () => it.skip("nothing to run on", () => {}))
}
