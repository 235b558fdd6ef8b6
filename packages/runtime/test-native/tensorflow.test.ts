import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { conformance } from "../test/conformance.ts"
import { kernelsSuite } from "../test/kernels.ts"
import { tokenScoresSuite } from "../test/tokenScores.ts"

kernelsSuite("tensorflow", layerTensorFlow)
conformance("tensorflow", layerTensorFlow)
tokenScoresSuite("tensorflow", layerTensorFlow)
