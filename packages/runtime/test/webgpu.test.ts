/**
 * WebGPU in Node, where there is a driver for it. A software one takes a quarter of an hour; the one inside Chromium:
 *
 *     VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json pnpm vitest run … test/webgpu.test.ts
 */
import { Backend, Read } from "@seed-grpo/runtime"
import { layerWebGpu } from "@seed-grpo/runtime/WebGpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { vi } from "vitest"
import { conformance } from "./conformance.ts"
import { derivativesSuite } from "./derivatives.ts"
import { kernelsSuite } from "./kernels.ts"
import { tokenScoresSuite } from "./tokenScores.ts"

vi.setConfig({ testTimeout: 600_000 })

/** Small tensors too, which the back-end would rather compute in JavaScript. */
const layerAllOnGpu = Layer.effectDiscard(Effect.sync(() => tf.env().set("WEBGPU_CPU_FORWARD", false))).pipe(
  Layer.provideMerge(layerWebGpu),
)

const found = await Effect.runPromise(Effect.result(Effect.scoped(Layer.build(layerWebGpu))))

if (Result.isSuccess(found)) {
  layer(layerAllOnGpu)("the device", (it) => {
    it("what cannot be waited for is refused, and what is not on the GPU is not", async () => {
      const x = tf.tensor1d([1, 2, 3])
      assert.deepStrictEqual([...x.dataSync()], [1, 2, 3])
      const y = tf.square(x)
      assert.throws(() => y.dataSync(), Backend.BackendError, /await tensor\.data\(\)/)
      assert.deepStrictEqual([...(await Read.take(y))], [1, 4, 9])
      x.dispose()
    })

    it("a tensor may be freed while it is read", async () => {
      const y = tf.square(tf.tensor1d([1, 2, 3]))
      const numbers = Read.read(y)
      y.dispose()
      assert.deepStrictEqual([...(await numbers)], [1, 4, 9])
    })

    it("buffers of sizes that are gone do not pile up", async () => {
      for (let i = 0; i < 80; i++) {
        tf.tidy(() => void tf.square(tf.zeros([2 ** 20 + i])))
        if (i % 16 === 0) await Read.take(tf.square(1))
      }
      const { numBytesAllocatedInGPU } = tf.memory() as unknown as { readonly numBytesAllocatedInGPU: number }
      assert.isBelow(numBytesAllocatedInGPU, 2 ** 28 + 2 ** 27)
    })
  })

  kernelsSuite("webgpu", layerAllOnGpu)
  derivativesSuite("webgpu", layerAllOnGpu)
  tokenScoresSuite("webgpu", layerAllOnGpu)
  conformance("webgpu", layerWebGpu)

  // The last: nothing is right after it.
  layer(layerAllOnGpu)("a device that failed", (it) => {
    it("gives no numbers any more, instead of zeros", async () => {
      const tooLarge = tf.matMul(tf.zeros([2 ** 17, 1]), tf.zeros([1, 2 ** 17]))
      const error = await Read.take(tf.sum(tooLarge)).then(() => undefined, String)
      assert.match(error ?? "", /BackendError: back-end webgpu: expected a device that does what it is told/)
    })
  })
} else {
  const reason = `webgpu tests not run: ${found.failure.message}`
  console.info(reason)
  describe(reason, () => it.skip("nothing to run on", () => {}))
}
