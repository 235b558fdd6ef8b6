import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Judge } from "@seed-grpo/entropy"
import * as EntailmentRule from "@seed-grpo/entropy/EntailmentRule"
import * as NliFolder from "@seed-grpo/entropy/NliFolder"
import * as NliJudge from "@seed-grpo/entropy/NliJudge"
import { load, type NliModel } from "@seed-grpo/entropy/NliModel"
import { Effect, FileSystem, Logger } from "effect"
import * as ort from "onnxruntime-node"
import { files, folder } from "./tinyNli.ts"

const RULES = [EntailmentRule.strict, EntailmentRule.lenient, EntailmentRule.kuhn2023, EntailmentRule.eitherWay]

const answers = ["Paris", "Rome", " Paris ", undefined, "The capital of France is Paris.", "5", "5 miles", "32", "  "]

const model = Effect.acquireRelease(
  Effect.promise(() => load(files, ort)),
  (loaded) => Effect.promise(() => loaded.release()),
)

/** On this model the pairs are: entailed both ways, one way, one way and contradicted, neutral, contradicted. */
const groups: ReadonlyArray<Answers> = [
  answers,
  ["Paris", undefined, " Paris ", "Berlin"],
  ["London", "Yes."],
  ["Paris", "Rome"],
  ["London", "1/2"],
  ["Paris", "5"],
  ["Paris", "32.5"],
  ["Berlin", "5"],
]

type Answers = ReadonlyArray<string | undefined>

/** Answers that are joined by chains of what the rule merges, asked one pair at a time. */
const expectedIds = async (
  answers: Answers,
  model: NliModel,
  rule: EntailmentRule.EntailmentRule,
  question: string | undefined,
) => {
  const texts = answers.map((answer) => answer?.trim()).map((answer) => (answer === "" ? undefined : answer))
  const ids: Array<number | undefined> = texts.map((text, i) => (text === undefined ? undefined : i))
  const whole = (text: string) => (question === undefined ? text : `${question} ${text}`)
  for (const [i, a] of texts.entries()) {
    for (const [j, b] of texts.entries()) {
      if (a === undefined || b === undefined || j <= i) continue
      const [there] = await model.entailment([[whole(a), whole(b)]])
      const [back] = await model.entailment([[whole(b), whole(a)]])
      if (a !== b && rule.outcome(there!, back!) === "different") continue
      const [from, to] = [ids[j]!, ids[i]!]
      for (const [k, id] of ids.entries()) if (id === from) ids[k] = to
    }
  }
  const names = [...new Set(ids.filter((id) => id !== undefined))]
  return ids.map((id) => (id === undefined ? undefined : names.indexOf(id)))
}

describe("NliJudge", () => {
  it.live("clusters as its rule says, by both directions", () =>
    Effect.gen(function* () {
      const loaded = yield* model
      const found = new Map<string, Array<unknown>>()
      for (const rule of RULES) {
        for (const question of [undefined, "What is it?"]) {
          for (const group of groups) {
            const { clusterIds, undecided } = yield* Judge.cluster(
              group,
              question === undefined ? {} : { question },
            ).pipe(Effect.provide(NliJudge.layer(loaded, { rule })))
            assert.deepStrictEqual(clusterIds, yield* Effect.promise(() => expectedIds(group, loaded, rule, question)))
            assert.deepStrictEqual(undecided, [])
            const name = `${rule.name} ${question}`
            found.set(name, [...(found.get(name) ?? []), clusterIds])
          }
        }
      }
      // Every rule has clusters of its own, and the question makes a difference.
      const kinds = (names: ReadonlyArray<string>) => new Set(names.map((name) => JSON.stringify(found.get(name)))).size
      assert.strictEqual(kinds(RULES.map(({ name }) => `${name} undefined`)), RULES.length)
      assert.isAbove(kinds([...found.keys()]), RULES.length)
    }),
  )

  it.live("asks for both directions at once, with the question or without", () =>
    Effect.gen(function* () {
      const loaded = yield* model
      const asked: Array<ReadonlyArray<readonly [string, string]>> = []
      const listening: NliModel = {
        ...loaded,
        entailment: (pairs, signal) => {
          asked.push(pairs)
          return loaded.entailment(pairs, signal)
        },
      }
      const request = { question: "Where?", pairs: [["Paris ", "Rome"]] as const }
      const judge = Effect.gen(function* () {
        const { judge, key, name } = yield* Judge.Judge
        assert.deepStrictEqual(key(" Paris\n"), { key: "Paris", final: false })
        yield* judge(request)
        return name
      })
      assert.strictEqual(yield* judge.pipe(Effect.provide(NliJudge.layer(listening))), "nli strict")
      const bare = NliJudge.layer(listening, { withQuestion: false, rule: EntailmentRule.kuhn2023 })
      assert.strictEqual(yield* judge.pipe(Effect.provide(bare)), "nli kuhn2023")
      assert.deepStrictEqual(asked, [
        [
          ["Where? Paris", "Where? Rome"],
          ["Where? Rome", "Where? Paris"],
        ],
        [
          ["Paris", "Rome"],
          ["Rome", "Paris"],
        ],
      ])
    }),
  )

  it.live("says in the log which pairs were cut", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      const logger = Logger.make(({ logLevel, message }) => said.push([logLevel, message]))
      const long = "the capital of France is Paris and ".repeat(12)
      yield* Judge.cluster(["Paris", long, "Rome"]).pipe(
        Effect.provide([NliJudge.layer(yield* model), Logger.layer([logger])]),
      )
      assert.deepStrictEqual(said, [["Warn", ["2 of 3 pairs are over 48 tokens and were cut"]]])
    }),
  )

  it.live("what a model throws is a JudgeError", () =>
    Effect.gen(function* () {
      const failing: NliModel = { ...(yield* model), entailment: () => Promise.reject(new Error("out of memory")) }
      const error = yield* Effect.flip(Judge.cluster(["a", "b"]).pipe(Effect.provide(NliJudge.layer(failing))))
      assert.strictEqual(error._tag, "JudgeError")
      assert.strictEqual(error.reason, "threw")
      assert.include(error.message, "out of memory")
    }),
  )
})

describe("a folder", () => {
  /** A copy of the folder without some files, and with others under new names. */
  const copied = (names: Readonly<Record<string, string>>) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const copy = yield* fs.makeTempDirectoryScoped()
      yield* fs.makeDirectory(`${copy}/onnx`)
      for (const [to, from] of Object.entries(names)) yield* fs.copyFile(`${folder}${from}`, `${copy}/${to}`)
      return copy
    })
  const WHOLE = {
    "config.json": "config.json",
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "onnx/model.onnx": "model.onnx",
  }
  const { "tokenizer_config.json": _, ...bare } = WHOLE

  it.live("judges as the model from bytes does", () =>
    Effect.gen(function* () {
      const expected = yield* Judge.cluster(answers).pipe(Effect.provide(NliJudge.layer(yield* model)))
      const renamed = { ...bare, "onnx/model_quantized.onnx": "model.onnx" }
      for (const layer of [
        NliJudge.layerFiles(files, ort, { batchSize: 5, capacity: 10 }),
        NliJudge.layerFolder(folder, ort),
        NliJudge.layerFolder(yield* copied(WHOLE), ort),
        NliJudge.layerFolder(yield* copied(renamed), ort, { onnx: "onnx/model_quantized.onnx", maxLength: 48 }),
      ]) {
        assert.deepStrictEqual(yield* Judge.cluster(answers).pipe(Effect.provide(layer)), expected)
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.live.each(["config.json", "tokenizer.json", "onnx/model.onnx"])("names the missing %s", (missing) =>
    Effect.gen(function* () {
      const names = Object.fromEntries(Object.entries(WHOLE).filter(([name]) => name !== missing))
      const error = yield* Effect.flip(NliFolder.read(yield* copied(names)))
      assert.strictEqual(error.reason, "bad-model")
      assert.include(error.message, missing)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.live("names a file that is no JSON, and a model that is none", () =>
    Effect.gen(function* () {
      const noJson = yield* copied({ ...WHOLE, "config.json": "model.onnx" })
      assert.include((yield* Effect.flip(NliFolder.read(noJson))).message, "config.json: expected JSON")
      const noModel = yield* copied({ ...WHOLE, "onnx/model.onnx": "config.json" })
      const error = yield* Effect.flip(
        Judge.cluster(["a", "b"]).pipe(Effect.provide(NliJudge.layerFolder(noModel, ort))),
      )
      assert.strictEqual(error.reason, "bad-model")
      assert.include(error.message, "model.onnx")
    }).pipe(Effect.provide(NodeServices.layer)),
  )
})
