import { EntropyError, Posterior, Prior, RunningEntropy, SemanticEntropy, Stopping } from "@seed-grpo/entropy"
import { integer, key, type Key, uniform } from "@seed-grpo/core/Rng"
import { assert, describe, it } from "@effect/vitest"
import { gamma } from "../src/internal/gamma.ts"

/** Index of a share at a place in `[0, 1)`. */
const pick = (p: ReadonlyArray<number>, place: number): number => {
  let index = 0
  for (let left = place - p[0]!; left >= 0 && index < p.length - 1; left -= p[index]!) index += 1
  return index
}

/** Asks after every answer; what the rule said last, how many answers it took, and which meaning each count is of. */
const run = <A>(
  ask: (counts: ReadonlyArray<number>) => A,
  decided: (decision: A) => boolean,
  p: ReadonlyArray<number>,
  most: number,
  stream: Key,
  trial: number,
) => {
  const meanings: Array<number> = []
  const counts: Array<number> = []
  for (let answer = 0; ; answer++) {
    const meaning = pick(p, uniform(stream, [trial, answer]))
    let known = meanings.indexOf(meaning)
    if (known < 0) known = meanings.push(meaning) - 1
    counts[known] = (counts[known] ?? 0) + 1
    const decision = ask(counts)
    if (decided(decision) || answer + 1 === most) return { decision, answers: answer + 1, meanings }
  }
}

/** Four standard deviations of a share of that probability. */
const slack = (probability: number, trials: number) => 4 * Math.sqrt((probability * (1 - probability)) / trials)

describe("entropyAbove", () => {
  it("is wrong no more often than it says, over distributions of its prior, looking after every answer", () => {
    const [errorRate, meanings, threshold, trials] = [0.1, 4, 0.6, 1500]
    const rule = Stopping.entropyAbove(threshold, { errorRate, meanings })
    const memo = new Map<string, Stopping.EntropyDecision>()
    const ask = (counts: ReadonlyArray<number>) => {
      const name = counts.toSorted((a, b) => a - b).join()
      const decision = memo.get(name) ?? rule(counts)
      memo.set(name, decision)
      return decision
    }
    const { concentrations } = Prior.flat(meanings)
    const stream = key(11, "questions")
    let [wrong, decided, expected] = [0, 0, 0]
    for (let trial = 0; trial < trials; trial++) {
      const concentration = concentrations[integer(stream, concentrations.length, [trial, 99])]!
      const masses = Array.from({ length: meanings }, (_, k) => gamma(stream, concentration, [trial, 100 + k]))
      const total = masses.reduce((a, b) => a + b)
      const p = masses.map((mass) => mass / total)
      const entropy = -p.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0)
      const { decision } = run(ask, ({ verdict }) => verdict !== "undecided", p, 24, key(12, "answers"), trial)
      if (decision.verdict === "undecided") continue
      decided += 1
      const above = entropy > threshold
      if (above !== (decision.verdict === "above")) wrong += 1
      expected += decision.verdict === "above" ? 1 - decision.probabilityAbove : decision.probabilityAbove
    }
    assert.isAtMost(wrong / decided, errorRate)
    assert.isAtLeast(decided / trials, 0.7)
    // The errors are those that the posterior foresaw, neither fewer nor more.
    assert.closeTo(wrong / decided, expected / decided, slack(errorRate, decided))
  })

  it("says how sure it is", () => {
    const ask = Stopping.entropyAbove(0.7, { errorRate: 0.05, meanings: 8 })
    const { probabilityAbove, verdict } = ask([2, 1])
    assert.strictEqual(verdict, "undecided")
    const draws = Posterior.samples(Posterior.after([2, 1], Prior.flat(8)), { size: 8000, seed: 5 })
    assert.closeTo(probabilityAbove, draws.filter((draw) => draw > 0.7).length / 8000, 0.05)
    assert.strictEqual(ask([1, 1, 1, 1, 1]).verdict, "above")
    assert.strictEqual(ask([14]).verdict, "below")
  })
})

describe("majority", () => {
  // In all of these some decision, or any, is wrong; two equal leaders are the worst case.
  it.each([
    [[0.5, 0.5], []],
    [[0.4, 0.4, 0.2], []],
    [[0.48, 0.52], [1]],
    [Array.from({ length: 8 }, () => 1 / 8), []],
    [[0.3, 0.3, ...Array.from({ length: 40 }, () => 0.01)], []],
  ] as const)("is wrong no more often than it says: %j", (p, right: ReadonlyArray<number>) => {
    const [errorRate, trials] = [0.1, 1000]
    const ask = Stopping.majority({ errorRate })
    let wrong = 0
    for (let trial = 0; trial < trials; trial++) {
      const { decision, meanings } = run(ask, ({ decided }) => decided, p, 200, key(21, "majority"), trial)
      if (decision.decided && !right.includes(meanings[decision.leader]!)) wrong += 1
    }
    assert.isAtMost(wrong / trials, errorRate + slack(errorRate, trials))
  })

  it("finds a clear leader soon", () => {
    const ask = Stopping.majority({ errorRate: 0.05 })
    let [right, answers] = [0, 0]
    for (let trial = 0; trial < 300; trial++) {
      const found = run(ask, ({ decided }) => decided, [0.1, 0.8, 0.1], 100, key(22, "leader"), trial)
      if (found.decision.decided && found.meanings[found.decision.leader] === 1) right += 1
      answers += found.answers
    }
    assert.isAtLeast(right / 300, 0.95)
    assert.isBelow(answers / 300, 25)
  })

  // 2∫_{½}^{1} (2θ)^a (2(1 − θ))^b dθ by Simpson's rule, a = leader − 1; the second meaning may spend a sixth.
  it.each([
    [[9], 1],
    [[12, 4], 1],
    [[30, 11, 2], 1],
    [[3, 17, 5], 2],
    [[400, 300], 1],
    [[5, 5], 1],
  ] as const)("evidence of %j", (counts, order) => {
    const [first, second = 0] = [...counts].sort((a, b) => b - a) as [number, number?]
    const f = (x: number) => Math.exp((first - 1) * Math.log(2 * x)) * (2 * (1 - x)) ** second
    const steps = 20_000
    let integral = 0
    for (let i = 0; i <= steps; i++) {
      integral += f(0.5 + (0.5 * i) / steps) * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2)
    }
    integral *= 0.5 / steps / 3
    const expected = Math.min(1, (order * (order + 1)) / (2 * integral))
    assert.closeTo(Stopping.majority({ errorRate: 0.05 })(counts).errorBound / expected, 1, 1e-9)
  })

  it("a decision at one error rate is one at every greater", () => {
    const { errorBound } = Stopping.majority({ errorRate: 0.05 })([20, 5])
    assert.isTrue(Stopping.majority({ errorRate: errorBound * 1.001 })([20, 5]).decided)
    assert.isFalse(Stopping.majority({ errorRate: errorBound * 0.999 })([20, 5]).decided)
  })
})

describe("RunningEntropy", () => {
  it("equals the entropy of the counts after 100 000 answers", () => {
    const running = RunningEntropy.make()
    const stream = key(31, "running")
    for (let answer = 0; answer < 100_000; answer++) {
      running.add(`meaning ${Math.floor(50 * uniform(stream, [answer]) ** 3)}`)
      if (answer % 9973 === 0 || answer === 99_999) {
        assert.closeTo(running.entropy(), SemanticEntropy.fromCounts(running.counts()), 1e-12)
      }
    }
    assert.strictEqual(
      running.counts().reduce((a, b) => a + b),
      100_000,
    )
  })

  it("is exactly 0 while all agree, and keeps the order of appearance", () => {
    const running = RunningEntropy.make()
    for (let answer = 0; answer < 1000; answer++) {
      running.add("yes")
      assert.strictEqual(running.entropy(), 0)
    }
    running.add("no")
    running.add("yes")
    assert.deepStrictEqual(running.counts(), [1001, 1])
    assert.isAbove(running.entropy(), 0)
  })
})

describe("bad input", () => {
  it.each([
    ["an error rate of 0", () => Stopping.majority({ errorRate: 0 }), "bad-value"],
    ["an error rate of ½", () => Stopping.entropyAbove(1, { errorRate: 0.5, meanings: 8 }), "bad-value"],
    ["a threshold of 0", () => Stopping.entropyAbove(0, { errorRate: 0.1, meanings: 8 }), "bad-value"],
    ["a threshold of ln S", () => Stopping.entropyAbove(Math.log(8), { errorRate: 0.1, meanings: 8 }), "bad-value"],
    ["no counts", () => Stopping.majority({ errorRate: 0.1 })([]), "empty-group"],
    ["half a count", () => Stopping.majority({ errorRate: 0.1 })([1.5]), "bad-value"],
    ["the entropy of no answers", () => RunningEntropy.make().entropy(), "empty-group"],
  ] as const)("%s is refused", (_, run, reason) => {
    let thrown: unknown
    try {
      run()
    } catch (error) {
      thrown = error
    }
    assert.instanceOf(thrown, EntropyError.EntropyError)
    assert.strictEqual(thrown.reason, reason)
  })
})
