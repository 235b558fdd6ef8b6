/**
 * What drawing one token costs, in microseconds a row, beside the forward pass that it waits for:
 *
 *     node benchmark/drawing.ts
 *
 * `peaked` rows are normal with standard deviation 3, about as those of a trained model; `flat` ones, of standard
 * deviation 0.02, are those of a new model, where nearly every token survives a top-p. The quickest of 15 rounds.
 */
import { Rng } from "@seed-grpo/core"
import { DrawToken, TokenDistribution } from "@seed-grpo/runtime"

const OPTIONS: Readonly<Record<string, TokenDistribution.SamplingOptions>> = {
  greedy: { temperature: 0 },
  "temperature 1": { temperature: 1 },
  "temperature 0.7": { temperature: 0.7 },
  "top-k 20": { temperature: 1, topK: 20 },
  "top-k 1000": { temperature: 1, topK: 1000 },
  "top-p 0.95": { temperature: 1, topP: 0.95 },
  "min-p 0.05": { temperature: 1, minP: 0.05 },
  "penalty 1.05": { temperature: 1, repetitionPenalty: 1.05 },
  "all of them, 0.7": { temperature: 0.7, topK: 20, topP: 0.8, minP: 0.05, repetitionPenalty: 1.05 },
}

const ROWS = 16
const key = Rng.key(0, "drawing")

const logits = (columns: number, deviation: number): ReadonlyArray<Float32Array> =>
  Array.from({ length: ROWS }, (_, row) =>
    Float32Array.from({ length: columns }, (_, v) => deviation * Rng.normal(key, [row, v])),
  )

/** In microseconds. */
const timePerRow = (rows: ReadonlyArray<Float32Array>, options: TokenDistribution.SamplingOptions): number => {
  const draw = DrawToken.make(options)
  const seen = new Set(Array.from({ length: 512 }, (_, index) => index))
  const times = Array.from({ length: 15 }, (_, round) => {
    const started = performance.now()
    for (const [index, row] of rows.entries()) draw(row, seen, () => Rng.uniform(key, [index, round]))
    return (1000 * (performance.now() - started)) / rows.length
  })
  return Math.min(...times)
}

const shapes = [512, 8192, 151_936].flatMap((columns) => [
  { name: `${columns} peaked`, rows: logits(columns, 3) },
  { name: `${columns} flat`, rows: logits(columns, 0.02) },
])
console.log(["µs a row".padEnd(18), ...shapes.map(({ name }) => name.padStart(15))].join(""))
for (const [name, options] of Object.entries(OPTIONS)) {
  const cells = shapes.map(({ rows }) => timePerRow(rows, options).toFixed(0).padStart(15))
  console.log([name.padEnd(18), ...cells].join(""))
}
