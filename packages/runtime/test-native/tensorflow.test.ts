import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { conformance } from "../test/conformance.ts"
import { tokenScoresSuite } from "../test/tokenScores.ts"

conformance("tensorflow", layerTensorFlow)
tokenScoresSuite("tensorflow", layerTensorFlow)
