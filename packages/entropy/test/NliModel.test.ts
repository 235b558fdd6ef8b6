import { assert, describe, it } from "@effect/vitest"
import type { Label } from "@seed-grpo/entropy/EntailmentRule"
import type { JudgeError } from "@seed-grpo/entropy/JudgeError"
import { cached } from "@seed-grpo/entropy/NliCache"
import * as NliConfig from "@seed-grpo/entropy/NliConfig"
import { load, type NliFiles, type NliModel, type OnnxRuntime } from "@seed-grpo/entropy/NliModel"
import * as node from "onnxruntime-node"
import * as web from "onnxruntime-web"
import { bytes, files, folder, golden, pairs } from "./tinyNli.ts"

web.env.wasm.numThreads = 1

const rejected = async (promise: Promise<unknown>): Promise<JudgeError> =>
  promise.then(
    () => assert.fail("was not rejected"),
    (error: JudgeError) => error,
  )

const LABELS = ["entailment", "contradiction", "neutral"] as const

const greatest = (said: Awaited<ReturnType<NliModel["entailment"]>>, expected: typeof said): number =>
  Math.max(...said.flatMap((one, i) => LABELS.map((label) => Math.abs(one[label] - expected[i]![label]))))

const runtimes: ReadonlyArray<readonly [string, OnnxRuntime]> = [
  ["onnxruntime-node", node],
  ["onnxruntime-web", web],
]

describe.each(runtimes)("%s", (_, ort) => {
  it("agrees with PyTorch to 1e-5", async () => {
    const model = await load(files, ort)
    const said = await model.entailment(pairs)
    assert.strictEqual(said.length, golden.length)
    for (const [i, { cut, probabilities }] of golden.entries()) {
      for (const label of LABELS) assert.closeTo(said[i]![label], probabilities[label], 1e-5, JSON.stringify(pairs[i]))
      assert.closeTo(said[i]!.contradiction + said[i]!.neutral + said[i]!.entailment, 1, 1e-12)
      assert.strictEqual(said[i]!.cut, cut)
    }
    await model.release()
  })

  it("batches and order change nothing but rounding", async () => {
    const alone = await load(files, ort, { batchSize: 1 })
    const expected = await alone.entailment(pairs)
    for (const batchSize of [3, 7, 64]) {
      const model = await load(files, ort, { batchSize })
      assert.isBelow(greatest(await model.entailment(pairs), expected), 1e-6)
      assert.isBelow(greatest((await model.entailment(pairs.toReversed())).toReversed(), expected), 1e-6)
      await model.release()
    }
    await alone.release()
  })

  it("calls at one time do not mix", async () => {
    const model = await load(files, ort, { batchSize: 4 })
    const expected = await model.entailment(pairs)
    const both = await Promise.all([model.entailment(pairs), model.entailment(pairs.toReversed())])
    assert.deepStrictEqual(both[0], expected)
    assert.isBelow(greatest(both[1].toReversed(), expected), 1e-6)
    await model.release()
  })

  it("opens a path", async () => {
    const model = await load({ ...files, onnx: `${folder}model.onnx` }, ort)
    const fromBytes = await load(files, ort)
    assert.deepStrictEqual(await model.entailment(pairs), await fromBytes.entailment(pairs))
    await Promise.all([model.release(), fromBytes.release()])
  })

  const refused: ReadonlyArray<readonly [string, Partial<NliFiles>, string]> = [
    ["half a file", { onnx: bytes("model.onnx").slice(0, 40_000) }, "model.onnx: expected a model"],
    ["bytes of another kind", { onnx: bytes("config.json") }, "model.onnx: expected a model"],
    ["a missing file", { onnx: `${folder}nowhere.onnx` }, "model.onnx: expected a model"],
    ["two labels", { onnx: bytes("two-labels.onnx") }, "logits Float32Array [1, 2]"],
    ["pictures", { onnx: bytes("pixels.onnx") }, "found pixel_values"],
  ]
  it.each(refused)("refuses %s", async (_, wrong, words) => {
    const error = await rejected(load({ ...files, ...wrong }, ort))
    assert.strictEqual(error._tag, "JudgeError")
    assert.strictEqual(error.reason, "bad-model")
    assert.include(error.message, words)
  })

  it("a logit that is no number is an error that names the pair", async () => {
    const model = await load({ ...files, onnx: bytes("infinite.onnx") }, ort)
    const [even] = await model.entailment([["yes", "Paris"]])
    assert.closeTo(even!.neutral, 1 / 3, 1e-12)
    const error = await rejected(
      model.entailment([
        ["yes", "Paris"],
        ["мир", "Paris"],
      ]),
    )
    assert.strictEqual(error.reason, "malformed")
    assert.include(error.message, '["мир","Paris"]')
    await model.release()
  })
})

describe("load", () => {
  it("no pairs are no run", async () => {
    const model = await load(files, node)
    assert.deepStrictEqual(await model.entailment([]), [])
    await model.release()
  })

  it("stops between batches when told to", async () => {
    const model = await load(files, node, { batchSize: 1 })
    const stop = new AbortController()
    const going = model.entailment(pairs, stop.signal)
    stop.abort(new Error("enough"))
    assert.strictEqual((await rejected(going)).message, "enough")
    await model.release()
  })

  it("a shorter maxLength cuts more", async () => {
    const model = await load(files, node, { maxLength: 8 })
    const [said] = await model.entailment([["Paris is the capital of France.", "Paris"]])
    assert.isAbove(said!.cut, 0)
    assert.strictEqual(model.maxLength, 8)
    await model.release()
  })
})

describe("cached", () => {
  it("asks once for an ordered pair, and says the same", async () => {
    const asked: Array<readonly [string, string]> = []
    const model = await load(files, node)
    const counting: NliModel = {
      ...model,
      entailment: (some, signal) => {
        asked.push(...some)
        return model.entailment(some, signal)
      },
    }
    const remembering = cached(counting, 3)
    const [ab, ba] = [["Paris", "Rome"] as const, ["Rome", "Paris"] as const]
    const first = await remembering.entailment([ab, ba, ab])
    assert.deepStrictEqual(asked, [ab, ba])
    assert.deepStrictEqual(first[0], first[2])
    assert.notDeepEqual(first[0], first[1])
    assert.deepStrictEqual(await remembering.entailment([ba, ab]), first.slice(0, 2).toReversed())
    assert.strictEqual(asked.length, 2)
    // More than fits, at once and at the same time: all are answered, the oldest are forgotten.
    const [many, again] = await Promise.all([remembering.entailment(pairs), remembering.entailment([ab, ba])])
    assert.strictEqual(many.filter((one) => one === undefined).length, 0)
    assert.deepStrictEqual(again, first.slice(0, 2))
    const before = asked.length
    await remembering.entailment([ab])
    assert.strictEqual(asked.length, before + 1)
    await model.release()
  })
})

describe("config.json", () => {
  const named = (...labels: ReadonlyArray<string>) => ({ id2label: Object.fromEntries(labels.entries()) })

  const orders: ReadonlyArray<readonly [unknown, ReadonlyArray<Label>]> = [
    [named("CONTRADICTION", "NEUTRAL", "ENTAILMENT"), ["contradiction", "neutral", "entailment"]],
    [named("contradiction", "entailment", "neutral"), ["contradiction", "entailment", "neutral"]],
    [
      { ...named("neutral", "entailment", "contradiction"), label2id: null },
      ["neutral", "entailment", "contradiction"],
    ],
    [
      { ...named("LABEL_0", "LABEL_1", "LABEL_2"), label2id: { Neutral: 0, Entailment: 2, Contradiction: 1 } },
      ["neutral", "contradiction", "entailment"],
    ],
  ]
  it.each(orders)("labels of %j", (config, labels) => {
    assert.deepStrictEqual(NliConfig.labelsOf(config), labels)
  })

  it.each([
    [named("LABEL_0", "LABEL_1", "LABEL_2")],
    [named("entailment", "not_entailment")],
    [named("entailment", "neutral", "neutral")],
    [named("entailment", "neutral", "contradiction", "other")],
    [{}],
    [{ id2label: null }],
    [null],
  ])("refuses the labels of %j", async (config) => {
    assert.throws(() => NliConfig.labelsOf(config), "config.json: id2label")
    const error = await rejected(load({ ...files, config }, node))
    assert.strictEqual(error.reason, "bad-model")
  })

  it.each([
    ["deberta-large-mnli", { model_type: "deberta", max_position_embeddings: 512 }, {}, 512],
    ["no limit in the tokenizer", { max_position_embeddings: 512 }, { model_max_length: 1e30 }, 512],
    ["a lower one in the tokenizer", { max_position_embeddings: 1024 }, { model_max_length: 128 }, 128],
    ["roberta-large-mnli", { model_type: "roberta", max_position_embeddings: 514, pad_token_id: 1 }, undefined, 512],
  ] as const)("length of %s", (_, config, tokenizerConfig, length) => {
    assert.strictEqual(NliConfig.maxLengthOf(config, tokenizerConfig), length)
  })

  it("an unknown length is refused, and padding is what the model says", () => {
    assert.throws(() => NliConfig.maxLengthOf({}, { model_max_length: 1e30 }), "found neither")
    assert.deepStrictEqual(
      [{ pad_token_id: 7 }, { pad_token_id: null }, { model_type: "xlm-roberta" }].map(NliConfig.padOf),
      [7, 0, 1],
    )
  })
})
