import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { describe, it } from "@effect/vitest"
import { resumesExactlyOn } from "../test/support.ts"

describe("resume", () => {
  it.live("on native TensorFlow, bit for bit", () => resumesExactlyOn(layerTensorFlow))
})
