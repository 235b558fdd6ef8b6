import { Batches, Curriculum, ProblemOrder } from "@seed-grpo/data"
import { assert, describe, it } from "@effect/vitest"

const problems = Array.from({ length: 20 }, (_, index) => ({ id: `p${index}` }))
const ids = (drawn: ReadonlyArray<{ readonly id: string }>) => drawn.map(({ id }) => id)

/** Draws again and again, learning the same outcome of a problem each time. */
const drawn = (
  order: ProblemOrder.ProblemOrder<{ readonly id: string }>,
  draws: number,
  size: number,
  outcome: (id: string) => ProblemOrder.Outcome,
  start = ProblemOrder.after(0),
) => {
  let state = start
  const batches = Array.from({ length: draws }, () => {
    const draw = order.draw(state, size)
    state = order.learned(draw.state, Object.fromEntries(draw.problems.map(({ id }) => [id, outcome(id)])))
    return ids(draw.problems)
  })
  return { batches, state }
}

const certain = { reward: 1, entropy: 0, readable: 1 }
const unsure = { reward: 0.5, entropy: 0.5, readable: 1 }

describe("uniform", () => {
  it("is the order of Batches, and goes on from where it stands", () => {
    const order = ProblemOrder.uniform(problems, 3)
    const { batches, state } = drawn(order, 9, 7, () => unsure)
    for (const [step, batch] of batches.entries()) {
      assert.deepStrictEqual(batch, ids(Batches.batchOf(problems, { seed: 3, step, size: 7 })))
    }
    assert.deepStrictEqual(state, ProblemOrder.after(63))
    assert.deepStrictEqual(drawn(order, 2, 7, () => unsure, ProblemOrder.after(49)).batches, batches.slice(7))
  })
})

describe("curriculum", () => {
  const order = (floor = 0.25) => Curriculum.curriculum(problems, 5, { floor, entropyShare: 0.5 })

  it("begins with the epochs, because nothing is known", () => {
    assert.deepStrictEqual(
      ids(order().draw(ProblemOrder.after(0), 8).problems),
      ids(Batches.batchOf(problems, { seed: 5, step: 0, size: 8 })),
    )
  })

  it("prefers what is unsure, and starves nothing", () => {
    const hard = new Set(["p3", "p4", "p5", "p6"])
    const { batches } = drawn(order(), 100, 4, (id) => (hard.has(id) ? unsure : certain))
    const counts = new Map(problems.map(({ id }) => [id, batches.flat().filter((one) => one === id).length]))
    const [least, ...rest] = [...counts.values()].toSorted((a, b) => a - b)
    const expected = [...hard].map((id) => counts.get(id)!)
    assert.isAbove(least!, 0)
    assert.isAbove(Math.min(...expected), 3 * rest[14]!)
    // One of four comes from the epochs in every draw, and what is certain comes from nowhere else.
    for (const [id, count] of counts) if (!hard.has(id)) assert.isAtMost(count, 100 / 16 + 2)
    for (const batch of batches) assert.strictEqual(new Set(batch).size, 4)
  })

  it("draws by informativeness: twice as much, about twice as often", () => {
    const outcomes = Object.fromEntries(
      problems.map(({ id }, index) => [id, { reward: 0, entropy: index === 0 ? 1 : 0.5, readable: 1 }]),
    )
    // One of two from the epochs, one by weight.
    const by = Curriculum.curriculum(problems, 1, { floor: 0.5, entropyShare: 1 })
    const first = Array.from({ length: 6000 }, (_, draws) => by.draw({ taken: 0, draws, outcomes }, 2).problems[0]!.id)
    const share = first.filter((id) => id === "p0").length / first.length
    // 1 of 1 + 19/2; three standard errors are 0.011.
    assert.closeTo(share, 1 / 10.5, 0.012)
  })

  it("is a function of its state: saved as JSON and read again, it goes on the same", () => {
    const outcome = (id: string) => ({ reward: (Number(id.slice(1)) % 5) / 4, entropy: 0.3, readable: 1 })
    const straight = drawn(order(), 12, 5, outcome).batches
    const half = drawn(order(), 6, 5, outcome)
    const saved = JSON.parse(JSON.stringify(half.state)) as ProblemOrder.OrderState
    assert.deepStrictEqual([...half.batches, ...drawn(order(), 6, 5, outcome, saved).batches], straight)
    assert.notDeepEqual(
      drawn(Curriculum.curriculum(problems, 6, { floor: 0.25, entropyShare: 0.5 }), 12, 5, outcome).batches,
      straight,
    )
  })

  it("leaves out what a step has had while there is anything else, and ends when there is not", () => {
    const without = new Set(ids(problems.slice(0, 17)))
    const state = { taken: 0, draws: 0, outcomes: Object.fromEntries(problems.map(({ id }) => [id, unsure])) }
    const draw = ids(order().draw(state, 3, without).problems)
    assert.deepStrictEqual(draw.toSorted(), ["p17", "p18", "p19"])
    assert.strictEqual(order().draw(state, 8, new Set(ids(problems))).problems.length, 8)
    assert.strictEqual(order().draw(state, 50).problems.length, 50)
  })

  it("counts what is certain, or unreadable, as nothing to learn from", () => {
    const of = Curriculum.informativeness(0.5)
    assert.strictEqual(of({ reward: 0, entropy: 1, readable: 0 }), 0)
    assert.isBelow(of({ reward: 0, entropy: 1, readable: 1 }), of({ reward: 0.5, entropy: 1, readable: 1 }))
    assert.isAbove(of({ reward: 0, entropy: 1, readable: 1 }), of({ reward: 0, entropy: 0.2, readable: 1 }))
    assert.strictEqual(Curriculum.informativeness(0)({ reward: 0.5, entropy: 0.1, readable: 1 }), 1)
  })
})
