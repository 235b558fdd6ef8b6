/**
 * How fast a model of entailment is on this machine, by both runtimes:
 *
 *     node benchmark/nli.ts [FOLDER] [BATCH]
 *
 * FOLDER holds config.json, tokenizer.json and model.onnx; without it, the tiny model of the tests, whose speed says what
 * the code around a model costs and nothing about a real one.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import * as node from "onnxruntime-node"
import * as web from "onnxruntime-web"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { read } from "../src/NliFolder.ts"
import { load } from "../src/NliModel.ts"

const tiny = fileURLToPath(new URL("../test/fixtures/tiny-nli/", import.meta.url))
const [folder = tiny, batch = "16"] = process.argv.slice(2)
const files = await Effect.runPromise(read(folder).pipe(Effect.provide(NodeServices.layer)))

interface Row {
  readonly premise: string
  readonly hypothesis: string
}
const rows = JSON.parse(readFileSync(`${tiny}golden.json`, "utf8")) as ReadonlyArray<Row>
const pairs = rows.map(({ hypothesis, premise }) => [premise, hypothesis] as const)

for (const [name, ort] of [
  ["onnxruntime-node", node],
  ["onnxruntime-web", web],
] as const) {
  const started = performance.now()
  const model = await load(files, ort, { batchSize: Number(batch) })
  const loaded = performance.now()
  let judged = 0
  while (performance.now() - loaded < 3000) judged += (await model.entailment(pairs)).length
  const seconds = (performance.now() - loaded) / 1000
  console.log(
    `${name}: loaded in ${(loaded - started).toFixed(0)} ms, ${(judged / seconds).toFixed(0)} ordered pairs/s ` +
      `in batches of ${batch}, at most ${model.maxLength} tokens`,
  )
  await model.release()
}
