import { Backend } from "@seed-grpo/runtime"
import { derivativesSuite } from "./derivatives.ts"

derivativesSuite("cpu", Backend.layerCpu)
derivativesSuite("wasm", Backend.layerWasm)
