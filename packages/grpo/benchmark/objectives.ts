/**
 * What an objective costs: loss and gradient by log-probabilities, without the policy.
 *
 *     node benchmark/objectives.ts [--backend wasm|tensorflow] [--rows 128] [--tokens 512]
 *
 * Medians of 9 after 3 of warm-up, in milliseconds; constants on plain numbers apart from the tensors.
 */
import { parseArgs } from "node:util"
import { Rng } from "@seed-grpo/core"
import {
  Aggregation,
  Bnpo,
  Cispo,
  Constants,
  Dapo,
  DrGrpo,
  Grpo,
  Loss,
  Luspo,
  type Objective,
  type ObjectiveRow,
  Sapo,
  TopEntropy,
  Vespo,
} from "@seed-grpo/grpo"
import { Backend } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "wasm" },
    rows: { type: "string", default: "128" },
    tokens: { type: "string", default: "512" },
  },
})
const backend = { wasm: Backend.layerWasm, tensorflow: layerTensorFlow }[flags.backend]
if (backend === undefined) throw new Error("--backend wasm|tensorflow")
const [B, T] = [Number(flags.rows), Number(flags.tokens)]

const key = Rng.key(0, "benchmark")
const rows: ReadonlyArray<ObjectiveRow.ScoredRow> = Array.from({ length: B }, (_, row) => {
  const numbers = (stream: number, low: number, high: number) =>
    Float64Array.from({ length: T }, (__, t) => low + (high - low) * Rng.uniform(key, [row, t, stream]))
  const logprobs = numbers(0, -4, 0)
  const near = (stream: number) => numbers(stream, -0.2, 0.2).map((by, t) => logprobs[t]! + by)
  return {
    logprobs,
    oldLogprobs: near(1),
    referenceLogprobs: near(2),
    samplerLogprobs: near(3),
    entropies: numbers(4, 0, 3),
    advantage: row % 2 === 0 ? 0.5 : -0.5,
  }
})

const clip = { low: 0.2, high: 0.28 }
const everything: Objective.ObjectiveOptions = {
  kl: { coefficient: 0.01 },
  offPolicyThreshold: 0.1,
  mismatch: { level: "token" },
  topEntropy: 0.2,
  entropyBonus: 0.01,
}
const objectives: ReadonlyArray<readonly [string, Objective.Objective]> = [
  ["grpo", Grpo.grpo({ clip })],
  ["grpo, level sequence", Grpo.grpo({ clip, level: "sequence" })],
  ["bnpo", Bnpo.bnpo({ clip })],
  ["dr_grpo", DrGrpo.drGrpo({ clip, maxTokens: T })],
  ["dapo", Dapo.dapo()],
  ["cispo", Cispo.cispo()],
  ["sapo", Sapo.sapo()],
  ["vespo", Vespo.vespo()],
  ["luspo", Luspo.luspo({ clip })],
  ["dapo, every option", Dapo.dapo(everything)],
]

const median = (run: () => void) => {
  const durations: Array<number> = []
  for (let i = 0; i < 12; i++) {
    const started = performance.now()
    run()
    if (i >= 3) durations.push(performance.now() - started)
  }
  return durations.toSorted((a, b) => a - b)[Math.floor(durations.length / 2)]!
}

const program = Effect.gen(function* () {
  const { description } = yield* Backend.Backend
  console.log(`${description}, ${B} rows of ${T} tokens`)
  const entropies = rows.map((row) => row.entropies!)
  for (const [name, objective] of objectives) {
    const given = objective.topEntropy < 1 ? TopEntropy.marked(objective, rows, entropies) : rows
    const prepare = () =>
      Constants.ofRows(objective, given, Aggregation.totals(objective, given), { rows: B, columns: T })
    const constants = prepare()
    const scores = [given.map(({ logprobs }) => logprobs), entropies].map((values) => Constants.scatter(values, B, T))
    const gradient = tf.valueAndGrads((...[logprobs, seen = scores[1]!]: Array<tf.Tensor>) =>
      Loss.ofTensors(objective, { logprobs: logprobs!, entropies: seen }, constants),
    )
    const by = objective.entropyBonus === 0 ? scores.slice(0, 1) : scores
    const tensors = median(() => {
      const { grads, value } = gradient(by)
      value.dataSync()
      for (const one of grads) one.dataSync()
      tf.dispose([value, grads])
    })
    const numbers = median(() => tf.dispose(Object.values(prepare())))
    tf.dispose([Object.values(constants), scores])
    console.log(`${name.padEnd(22)} ${tensors.toFixed(1).padStart(6)}  constants ${numbers.toFixed(1).padStart(6)}`)
  }
})

await Effect.runPromise(Effect.provide(program, backend))
