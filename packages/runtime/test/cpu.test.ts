import { Backend } from "@seed-grpo/runtime"
import { conformance } from "./conformance.ts"

conformance("cpu", Backend.layerCpu)
