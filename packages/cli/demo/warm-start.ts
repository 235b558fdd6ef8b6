/**
 * Makes the demo's warm-start policy, `policy/`: a Qwen2 decoder trained from nothing to imitate students.
 *
 *     node packages/cli/demo/warm-start.ts [--backend wasm|tensorflow] [--out FOLDER]
 *
 * First it learns arithmetic from right answers in all spellings, then it imitates the class, mistakes included. Held-out
 * problems are in neither part. The same seed on the `wasm` back-end gives the same file on every machine.
 */
import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Rng } from "@seed-grpo/core"
import { Arithmetic } from "@seed-grpo/data"
import { Grade } from "@seed-grpo/equivalence"
import { AdamW, GrpoOptimizer, ParameterGroups, Supervised } from "@seed-grpo/grpo"
import { Backend, Policy } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { newModel } from "@seed-grpo/testing"
import { Console, Effect, Layer } from "effect"
import { rightAnswer, studentAnswer } from "./students.ts"

const SEED = 0
const HELD_OUT = 250
const ROWS = 128
const RIGHT_STEPS = 9000
const STUDENT_STEPS = 800
const PEAK_RATE = 2e-3

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "wasm" },
    out: { type: "string", default: fileURLToPath(new URL("./policy", import.meta.url)) },
  },
})

const model = newModel({
  seed: SEED,
  characters: "0123456789+-×÷/=.%\\{}",
  pieces: ["\\frac{", "}{", "\\%"],
  hiddenSize: 96,
  intermediateSize: 256,
  layers: 3,
  heads: 4,
  keyHeads: 2,
  maxPositions: 64,
})
const { config, tokenizer } = model
const { heldOut, train } = Arithmetic.split({ seed: SEED, heldOut: HELD_OUT })
const families = Object.values(Object.groupBy(train, ({ family }) => family))
const stream = Rng.key(SEED, "warm-start")

/** Cosine decay after a short rise, over each of the two parts on its own. */
const cosine = (step: number, total: number, peak: number) =>
  peak * Math.min(1, (step + 1) / 100) * (0.5 + 0.5 * Math.cos((Math.PI * step) / total))

const row = (index: number, right: boolean) => {
  const family = families[Rng.integer(stream, families.length, [index, 3])]!
  const problem = family[Rng.integer(stream, family.length, [index, 4])]!
  const answer = (right ? rightAnswer : studentAnswer)(problem, stream, index)
  const completion = Int32Array.of(...tokenizer.encode(answer), ...config.endTokens)
  return {
    prompt: tokenizer.encode(Arithmetic.question(problem)),
    completion,
    oldLogprobs: new Float64Array(completion.length),
    advantage: 1,
  }
}

const heldOutAccuracy = Effect.gen(function* () {
  const { generate } = yield* Policy.Policy
  const rows = yield* generate({
    prompts: heldOut.map((problem) => tokenizer.encode(Arithmetic.question(problem))),
    samples: 1,
    maxTokens: 12,
    temperature: 0,
    endTokens: config.endTokens,
    uniform: () => 0,
  })
  const right = rows.filter(
    ({ tokens }, index) => Grade.grade(Arithmetic.toProblem(heldOut[index]!).golds, tokenizer.decode(tokens)).correct,
  )
  return right.length / rows.length
})

const program = Effect.gen(function* () {
  const policy = yield* Policy.Policy
  const { update } = yield* GrpoOptimizer.GrpoOptimizer
  const started = performance.now()
  const steps = RIGHT_STEPS + STUDENT_STEPS
  for (let step = 0; step < steps; step++) {
    const rows = Array.from({ length: ROWS }, (_, index) => row(step * ROWS + index, step < RIGHT_STEPS))
    const { loss } = yield* update(rows)
    if ((step + 1) % 200 === 0) {
      const seconds = (performance.now() - started) / 1000
      const left = ((seconds / (step + 1)) * (steps - step - 1)) / 60
      const accuracy = yield* heldOutAccuracy
      yield* Console.log(
        `step ${step + 1}/${steps}  loss ${loss.toFixed(4)}  held-out greedy ${(100 * accuracy).toFixed(1)} %  ${left.toFixed(1)} min left`,
      )
    }
  }
  mkdirSync(flags.out, { recursive: true })
  for (const [name, bytes] of yield* policy.files) {
    writeFileSync(`${flags.out}/${name}`, bytes)
    yield* Console.log(`${createHash("sha256").update(bytes).digest("hex")}  ${name}  ${bytes.length} bytes`)
  }
})

const optimizer = GrpoOptimizer.layer({
  objective: Supervised.supervised,
  learningRate: (step) =>
    step < RIGHT_STEPS
      ? cosine(step, RIGHT_STEPS, PEAK_RATE)
      : cosine(step - RIGHT_STEPS, STUDENT_STEPS, PEAK_RATE / 4),
  optimizer: AdamW.adamW({ beta1: 0.9, beta2: 0.98, epsilon: 1e-8 }),
  weightDecay: 0.1,
  groups: (trainable, weightDecay) => ParameterGroups.byDecay(trainable, weightDecay, () => true),
  maxGradientNorm: 1,
  temperature: 1,
  microBatchTokens: 4096,
})

await Effect.runPromise(
  program.pipe(
    Effect.provide(
      optimizer.pipe(
        Layer.provideMerge(Layer.effect(Policy.Policy, Policy.make(model))),
        Layer.provideMerge(flags.backend === "tensorflow" ? layerTensorFlow : Backend.layerWasm),
      ),
    ),
  ),
)
