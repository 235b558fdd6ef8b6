import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { conformance } from "../test/conformance.ts"

conformance("tensorflow", layerTensorFlow)
