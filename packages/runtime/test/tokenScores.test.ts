import { Backend } from "@seed-grpo/runtime"
import { tokenScoresSuite } from "./tokenScores.ts"

tokenScoresSuite("cpu", Backend.layerCpu)
tokenScoresSuite("wasm", Backend.layerWasm)
