/**
 * What must not change what is learned, over trajectories of several steps: how a batch is split, in what order its groups
 * and completions are, how they are padded, which threads grade them.
 *
 * With plain SGD, because it is linear in the gradient: differences of rounding stay as small as they are. Elsewhere:
 * single steps under any split (`grpo/test/Accumulation.test.ts`), orders and parts for random objectives
 * (`grpo/test/properties.test.ts`), the order of problems in sampling (`sampling/test`), equal layers under other names and
 * a learning rate of 0 (`trainer.test.ts`, `TrainingDoctor.test.ts`), resume (`resume.test.ts`).
 */
import * as EquivalenceWorker from "@seed-grpo/equivalence/EquivalenceWorker"
import { PolicyScores } from "@seed-grpo/grpo"
import { Backend, Policy, Safetensors } from "@seed-grpo/runtime"
import { type ScoredGroup, Pipeline, Trainer, TrainStep } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { config, nothingTold, platform, temporaryRun } from "./support.ts"

const STEPS = 4
const GROUP = 4

const problems = ["1+1=", "12+35=", "4-1=", "6/2=", "10+10+10="].map((question) => ({
  id: question,
  question,
  golds: [question === "6/2=" ? "3" : "2"] as [string],
}))

const run = (change: object = {}) =>
  config({
    problemsPerStep: problems.length,
    sampling: { groupSize: GROUP, maxTokens: 6 },
    optimizer: { kind: "sgd", learningRate: 0.5, maxGradientNorm: 100, ...change },
  })

type Groups = ReadonlyArray<ScoredGroup.ScoredGroup>

/** Advantages of 1 and less: a policy made of random numbers is never right, and has to be moved by something. */
const withSignal = (groups: Groups): Groups =>
  groups.map((scored, index) => ({
    ...scored,
    advantages: {
      ...scored.advantages,
      advantages: scored.group.completions.map((_, sample) => (sample % 2 === 0 ? 1 : -0.5) / (1 + index)),
    },
  }))

/** The order of rows, and of the problems and completions that they come from. */
interface Order {
  readonly problems: <A>(items: ReadonlyArray<A>) => ReadonlyArray<A>
  readonly groups: (groups: Groups) => Groups
}

const asIs: Order = { problems: (items) => items, groups: (groups) => groups }

/** Weights and texts of four steps. */
const trajectory = Effect.fnUntraced(function* (options: ReturnType<typeof config>, order: Order = asIs) {
  const { model } = yield* temporaryRun
  return yield* Effect.gen(function* () {
    const texts: Array<ReadonlyMap<string, ReadonlyArray<string>>> = []
    for (let step = 1; step <= STEPS; step++) {
      const { groups } = yield* TrainStep.measure({
        problems: order.problems(problems).map((problem) => ({ problem, prompt: problem.question })),
        groupSize: GROUP,
        maxTokens: 6,
        temperature: 1,
        stop: [],
        seed: 0,
        stream: "sampling",
        step,
      })
      texts.push(new Map(groups.map(({ group }) => [group.problem.id, group.completions.map(({ text }) => text)])))
      // The advantage belongs to a completion, wherever it stands.
      const byProblem = groups.toSorted((a, b) => (a.group.problem.id < b.group.problem.id ? -1 : 1))
      const { updates } = yield* TrainStep.learn(order.groups(withSignal(byProblem)), 1)
      assert.deepStrictEqual(
        updates.map(({ outcome }) => outcome),
        ["applied"],
      )
    }
    const files = yield* (yield* Policy.Policy).files
    return { texts, weights: Safetensors.parse(files.get("model.safetensors")!) }
  }).pipe(Effect.provide(Pipeline.layer(options, model).pipe(Layer.provide(Backend.layerCpu)), { local: true }))
})

type Trajectory = Effect.Success<ReturnType<typeof trajectory>>

let known: Trajectory | undefined
/** The trajectory that the others are compared with; computed once. */
const baseline = Effect.gen(function* () {
  known ??= yield* trajectory(run())
  return known
})

const same = (a: Trajectory, b: Trajectory, within: number) => {
  assert.deepStrictEqual(
    a.texts.map((step) => [...step].toSorted()),
    b.texts.map((step) => [...step].toSorted()),
  )
  for (const [name, { data }] of b.weights) {
    const found = a.weights.get(name)!.data
    for (let i = 0; i < data.length; i++) assert.closeTo(found[i]!, data[i]!, within, name)
  }
}

const distance = (a: Trajectory, b: Trajectory) =>
  [...b.weights].reduce(
    (most, [name, { data }]) =>
      data.reduce((far, value, i) => Math.max(far, Math.abs(value - a.weights.get(name)!.data[i]!)), most),
    0,
  )

const reversed: Order = { ...asIs, problems: (items) => items.toReversed() }

const variants: ReadonlyArray<readonly [string, ReturnType<typeof config>, Order]> = [
  ["parts of one row, where all are differentiated at once", run({ microBatchTokens: 1 }), asIs],
  ["parts of about four rows", run({ microBatchTokens: 60 }), asIs],
  ["problems sampled in the other order", run(), reversed],
  ["groups in the other order", run(), { ...asIs, groups: (groups) => groups.toReversed() }],
  [
    "completions within groups in the other order",
    run({ microBatchTokens: 60 }),
    {
      ...asIs,
      groups: (groups) =>
        groups.map((scored) => ({
          ...scored,
          grades: scored.grades.toReversed(),
          group: { ...scored.group, completions: scored.group.completions.toReversed() },
          advantages: { ...scored.advantages, advantages: scored.advantages.advantages.toReversed() },
        })),
    },
  ],
  ["layers computed again", run({ gradientCheckpointing: true }), asIs],
]

describe("four steps end with the same weights", () => {
  it.live.each(variants)("%s", ([, options, order]) =>
    Effect.gen(function* () {
      const expected = yield* baseline
      same(yield* trajectory(options, order), expected, 1e-6)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("and not because they do not move, or because anything does", () =>
    Effect.gen(function* () {
      const expected = yield* baseline
      assert.isAbove(distance(yield* trajectory(run({ learningRate: 0 })), expected), 1e-2)
      // One advantage on another completion.
      const swapped: Order = {
        ...asIs,
        groups: (groups) =>
          groups.map((scored) => ({
            ...scored,
            group: { ...scored.group, completions: scored.group.completions.toReversed() },
          })),
      }
      assert.isAbove(distance(yield* trajectory(run(), swapped), expected), 1e-4)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("padding", () => {
  it.live(
    "a completion has the same log-probabilities beside longer prompts and completions, whatever their number",
    () =>
      Effect.gen(function* () {
        const { model } = yield* temporaryRun
        yield* Effect.gen(function* () {
          const policy = yield* Policy.Policy
          const row = (prompt: number, completion: number) => ({
            prompt: Int32Array.from({ length: prompt }, (_, t) => 1 + ((3 * t + prompt) % 19)),
            completion: Int32Array.from({ length: completion }, (_, t) => 1 + ((5 * t + completion) % 19)),
          })
          const scores = (rows: ReadonlyArray<ReturnType<typeof row>>) =>
            Effect.promise(() =>
              PolicyScores.policyScores(policy.parameters(), policy.config, rows, {
                temperature: 1,
                microBatchTokens: 1e6,
              }),
            )
          const one = row(3, 4)
          const [alone] = yield* scores([one])
          for (const others of [
            [row(20, 2)], // padded on the left
            [row(1, 30)], // on the right
            [row(30, 30), row(1, 1)], // on both sides
            Array.from({ length: 7 }, (_, i) => row(2 + i, 9 - i)),
          ]) {
            for (const rows of [
              [one, ...others],
              [...others, one],
            ]) {
              const beside = (yield* scores(rows))[rows.indexOf(one)]!
              for (const of of ["logprobs", "entropies"] as const) {
                for (const [t, value] of alone![of].entries()) assert.closeTo(beside[of][t]!, value, 1e-6)
              }
            }
          }
        }).pipe(Effect.provide(Pipeline.layer(run(), model).pipe(Layer.provide(Backend.layerCpu)), { local: true }))
      }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})

describe("workers", () => {
  it.live("one thread, three and none grade the same run", () =>
    Effect.gen(function* () {
      const options = { ...config({ steps: 2 }), checkpoint: { every: 2, keep: 1 } }
      const graded = Effect.fnUntraced(function* (size: number | undefined) {
        const place = yield* temporaryRun
        const told = nothingTold()
        const { train } = yield* Pipeline.problems(options)
        const pipeline = Pipeline.layer(options, place.model).pipe(Layer.provide(Backend.layerCpu))
        yield* Trainer.train({
          config: options,
          folder: place.folder,
          train,
          heldOut: [],
          restored: undefined,
          onEvent: (event) =>
            Effect.sync(() => void (event.type === "step" && told.records.push(event.record, ...event.completions))),
        }).pipe(
          Effect.provide(
            // The same pipeline with one stage exchanged: the last layer wins.
            size === undefined
              ? pipeline
              : Layer.merge(pipeline, EquivalenceWorker.layerWorker({ size, deadline: 20_000 })),
            { local: true },
          ),
        )
        return told.records
      })
      const here = yield* graded(undefined)
      assert.isAbove(here.length, 16)
      assert.deepStrictEqual(yield* graded(1), here)
      assert.deepStrictEqual(yield* graded(3), here)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
