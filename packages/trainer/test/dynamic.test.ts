import { Batches } from "@seed-grpo/data"
import { DynamicSampling, Pipeline } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { completions, resumesExactly, steps, straight } from "./loop.ts"
import { config, platform } from "./support.ts"

describe("hasSignal", () => {
  it.each([
    [[1, 0], true],
    [[1, 1, 1], false],
    [[0, 0], false],
    [[0.1 + 0.2, 0.3], false],
    [[1, undefined, 0, null], true],
    [[1, undefined, NaN, null], false],
    [[undefined, undefined], false],
    [[], false],
  ] as const)("%j: %s", (rewards, expected) => {
    assert.strictEqual(DynamicSampling.hasSignal(rewards), expected)
  })
})

describe("gather", () => {
  /** Groups are numbers; `keeps` decides on them. Every round takes the next ones. */
  const gather = (wanted: number, maxRounds: number, keeps: (group: number) => boolean) => {
    const asked: Array<number> = []
    return Effect.runSync(
      DynamicSampling.gather({
        wanted,
        maxRounds,
        keeps,
        start: 0,
        round: (round, missing, from, sofar) =>
          Effect.sync(() => {
            assert.strictEqual(round, asked.length + 1)
            assert.strictEqual(missing, wanted - sofar.filter(({ kept }) => kept).length)
            asked.push(missing)
            return { groups: Array.from({ length: missing }, (_, index) => from + index), state: from + missing }
          }),
      }).pipe(Effect.map((found) => ({ ...found, asked }))),
    )
  }

  it("asks for what is missing, and loses nothing", () => {
    const { asked, gathered, rounds, state } = gather(4, 10, (group) => group % 2 === 0)
    assert.deepStrictEqual(asked, [4, 2, 1])
    assert.strictEqual(rounds, 3)
    assert.strictEqual(state, 7)
    assert.deepStrictEqual(
      gathered.map(({ group }) => group),
      [0, 1, 2, 3, 4, 5, 6],
    )
    assert.deepStrictEqual(
      gathered.filter(({ kept }) => kept).map(({ group, round }) => [group, round]),
      [
        [0, 1],
        [2, 1],
        [4, 2],
        [6, 3],
      ],
    )
  })

  it("stops when the rounds are over, with what it has", () => {
    assert.deepStrictEqual(gather(3, 2, () => false).asked, [3, 3])
    assert.deepStrictEqual(gather(3, 1, (group) => group === 1).asked, [3])
    assert.deepStrictEqual(gather(3, 5, () => true).asked, [3])
  })
})

const change = { problemsPerStep: 4, sampling: { groupSize: 4, maxTokens: 5, dynamic: { maxRounds: 3 } } }

describe("a run with dynamic sampling", () => {
  it.live("learns from groups with a signal only, and tells of all", () =>
    Effect.gen(function* () {
      const { told } = yield* straight(change)
      const records = steps(told)
      let dropped = 0
      for (const record of records) {
        const { dynamic } = record
        assert.isDefined(dynamic)
        const of = completions(told).filter(({ step }) => step === record.step)
        assert.strictEqual(of.length, 4 * dynamic!.sampled)
        const groups = Array.from({ length: dynamic!.sampled }, (_, index) => of.slice(4 * index, 4 * index + 4))
        for (const group of groups) {
          assert.strictEqual(new Set(group.map(({ problem }) => problem)).size, 1)
          const isMixed = new Set(group.map(({ reward }) => reward)).size > 1
          assert.isTrue(group.every((one) => one.dropped === !isMixed))
          if (!isMixed) assert.isTrue(group.every(({ advantage, advantageBefore }) => advantage === 0 && advantageBefore === 0))
        }
        // No problem twice within a step.
        assert.strictEqual(new Set(of.map(({ problem }) => problem)).size, dynamic!.sampled)
        const kept = groups.filter(([first]) => first!.dropped === false)
        assert.strictEqual(dynamic!.dropped, dynamic!.sampled - kept.length)
        assert.strictEqual(dynamic!.missing, 4 - kept.length)
        assert.isTrue(dynamic!.rounds === 3 || dynamic!.missing === 0)
        assert.strictEqual(Math.max(...of.map(({ round }) => round!)), dynamic!.rounds)
        // The means of a step are of all that was sampled, those of what was kept stand beside them.
        const mean = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0) / values.length
        assert.closeTo(record.reward, mean(of.map(({ reward }) => reward)), 1e-12)
        assert.closeTo(record.semanticEntropy, mean(groups.map(([one]) => one!.semanticEntropy)), 1e-12)
        if (kept.length > 0) {
          assert.closeTo(dynamic!.keptSemanticEntropy, mean(kept.map(([one]) => one!.semanticEntropy)), 1e-12)
        }
        assert.strictEqual(record.scaleHistogram.mixed, kept.length)
        dropped += dynamic!.dropped
      }
      assert.isAbove(dropped, 0)
      assert.isAbove(Math.max(...records.map(({ dynamic }) => dynamic!.rounds)), 1)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("takes the problems of the epochs one after the other, without leaving any out", () =>
    Effect.gen(function* () {
      const { told } = yield* straight(change)
      const sampled = completions(told)
        .filter(({ sample }) => sample === 0)
        .map(({ problem }) => problem)
      const { train } = yield* Pipeline.problems(config())
      const expected = Batches.itemsFrom(train, { seed: 0, from: 0, size: sampled.length }).map(({ id }) => id)
      assert.deepStrictEqual(sampled, expected)
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("samples in its first round what a step without it samples", () =>
    Effect.gen(function* () {
      const one = { ...change, steps: 1 }
      const plain = yield* straight({ ...one, sampling: { groupSize: 4, maxTokens: 5 } })
      const dynamic = yield* straight(one)
      assert.deepStrictEqual(
        completions(dynamic.told).filter(({ round }) => round === 1).map(({ text }) => text),
        completions(plain.told).map(({ text }) => text),
      )
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("goes on with nothing when nothing has a signal", () =>
    Effect.gen(function* () {
      // Texts of no token but the end are all the same to any grader.
      const { told } = yield* straight({ ...change, steps: 2, sampling: { groupSize: 2, maxTokens: 1, temperature: 1e-3, dynamic: { maxRounds: 2 } } })
      for (const { dynamic, mixed, updatesApplied } of steps(told)) {
        assert.deepStrictEqual([mixed, updatesApplied], [0, 0])
        assert.deepStrictEqual([dynamic!.rounds, dynamic!.sampled, dynamic!.missing], [2, 8, 4])
      }
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("by the sum of all rewards, a group that only length tells apart is kept", () =>
    Effect.gen(function* () {
      const reward = { overlong: { buffer: 4 } }
      const by = (which: string) => ({ ...change, reward, sampling: { ...change.sampling, dynamic: { maxRounds: 1, by: which } } })
      const dropped = (told: Parameters<typeof steps>[0]) => steps(told).reduce((sum, { dynamic }) => sum + dynamic!.dropped, 0)
      const [verdict, total] = [yield* straight({ ...by("verdict"), steps: 1 }), yield* straight({ ...by("total"), steps: 1 })]
      assert.isBelow(dropped(total.told), dropped(verdict.told))
    }).pipe(Effect.scoped, Effect.provide(platform)),
  )

  it.live("resumed again and again: bit for bit", () =>
    resumesExactly(change).pipe(Effect.scoped, Effect.provide(platform)),
  )
})
