/**
 * How a function runs: as one XLA program, as a TensorFlow graph, or kernel by kernel.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { GraphFunction } from "./Graph.ts"
import { DataTypes } from "./Graph.ts"
import { savedModel } from "./internal/graphDef.ts"
import { openSession } from "./internal/session.ts"

/**
 * - `xla`: one program, its kernels fused
 * - `graph`: TensorFlow's graph executor, without compiling
 * - `eager`: as if it were not compiled, on any back-end
 *
 * @since 0.1.0
 * @category models
 */
export type Rung = "xla" | "graph" | "eager"

/**
 * The rungs from the highest down.
 *
 * @since 0.1.0
 * @category models
 */
export const RUNGS: ReadonlyArray<Rung> = ["xla", "graph", "eager"]

/** Whether a rung works here, and why not. */
interface Probe {
  readonly works: boolean
  readonly because: string
}

/** `(a + a) b` on two 2 × 2 matrices, and whether the numbers are right. */
const tryProgram = (compiled: boolean): Probe => {
  const body = new GraphFunction("probe")
  const [a, b] = [body.parameter([2, 2], "float32"), body.parameter([2, 2], "float32")]
  const type = { kind: "type", value: DataTypes.float32 } as const
  const [sum] = body.add("Add", [a, a], { T: type }, [a])
  const flag = { kind: "bool", value: false } as const
  body.results = body.add("MatMul", [sum!, b], { T: type, transpose_a: flag, transpose_b: flag }, [a])
  const live = tf.tensor2d([1, 2, 3, 4], [2, 2])
  try {
    const session = openSession(savedModel(body, [[0, 1]], compiled), 2, 1)
    try {
      const [out] = session.run([live, live])
      const found = [...out!.dataSync()].join()
      out!.dispose()
      return found === "14,20,30,44" ? { works: true, because: "" } : { works: false, because: `a probe gave ${found}` }
    } finally {
      session.close()
    }
  } catch (cause) {
    return { works: false, because: cause instanceof Error ? cause.message.split("\n")[0]! : String(cause) }
  } finally {
    live.dispose()
  }
}

const probes = new Map<Rung, Probe>()

/**
 * Whether a rung works on the active back-end, found out by running a small program on it once.
 *
 * @since 0.1.0
 * @category measurements
 */
export const probe = (rung: Rung): Probe => {
  if (rung === "eager") return { works: true, because: "" }
  if (tf.getBackend() !== "tensorflow") {
    return { works: false, because: `${rung}: the active back-end is ${tf.getBackend()}, not tensorflow` }
  }
  const known = probes.get(rung)
  if (known !== undefined) return known
  const tried = tryProgram(rung === "xla")
  const named = tried.works ? tried : { works: false, because: `${rung}: ${tried.because}` }
  probes.set(rung, named)
  return named
}
