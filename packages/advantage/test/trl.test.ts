/** Advantages and reward functions against TRL's own code, on all of its cases. */
import { readFileSync } from "node:fs"
import {
  Aggregation,
  type Baseline,
  BatchStandardized,
  Centered,
  KlPenalty,
  LeaveOneOut,
  NormalizeThenSum,
  OverlongPenalty,
  type Rewards,
  Standardized,
  SumThenNormalize,
  Whitened,
} from "@seed-grpo/advantage"
import { assert, describe, it } from "@effect/vitest"

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as unknown

interface Golden {
  readonly num_generations: number
  /** Of each completion, what each reward function gave. */
  readonly rewards: ReadonlyArray<ReadonlyArray<number | null>>
  readonly advantages: ReadonlyArray<number>
}

const grpo = read("trl-advantages.json") as {
  readonly cases: ReadonlyArray<
    Golden & {
      readonly scale_rewards: "group" | "batch" | "none"
      readonly multi_objective_aggregation: "sum_then_normalize" | "normalize_then_sum"
      readonly reward_weights: ReadonlyArray<number> | null
    }
  >
}

const rloo = read("trl-rloo.json") as {
  readonly cases: ReadonlyArray<
    Golden & {
      readonly weights: ReadonlyArray<number>
      readonly normalize_advantages: boolean
      readonly beta: number
      readonly lengths?: ReadonlyArray<number>
      readonly old_logprobs?: ReadonlyArray<ReadonlyArray<number>>
      readonly ref_logprobs?: ReadonlyArray<ReadonlyArray<number>>
    }
  >
}

const overlong = read("trl-overlong.json") as {
  readonly cases: ReadonlyArray<
    OverlongPenalty.OverlongOptions & {
      readonly lengths: ReadonlyArray<number>
      readonly rewards: ReadonlyArray<number>
    }
  >
}

const inGroups = <A>(rows: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: rows.length / size }, (_, group) => rows.slice(group * size, (group + 1) * size))

/** `[N][G][K]` to `[N][K][G]`. */
const byFunction = ({ num_generations: size, rewards }: Golden): ReadonlyArray<ReadonlyArray<Rewards.Rewards>> =>
  inGroups(rewards, size).map((group) => group[0]!.map((_, k) => group.map((row) => row[k])))

const assertClose = (found: Baseline.Advantages, expected: ReadonlyArray<number>, within: number) => {
  assert.strictEqual(found.flat().length, expected.length)
  found.flat().forEach((value, i) => assert.closeTo(value, expected[i]!, within))
}

const baselines = {
  group: Standardized.standardized(),
  batch: BatchStandardized.batchStandardized(),
  none: Centered.centered,
}

describe("GRPOTrainer", () => {
  it("has 42 cases", () => assert.strictEqual(grpo.cases.length, 42))

  for (const [index, one] of grpo.cases.entries()) {
    const { multi_objective_aggregation: rule, num_generations: size, reward_weights, scale_rewards: scale } = one
    it(`case ${index}: ${rule}, scale ${scale}, G = ${size}, weights ${JSON.stringify(reward_weights)}`, () => {
      const weights = reward_weights ?? undefined
      const advantages =
        rule === "sum_then_normalize"
          ? SumThenNormalize.sumThenNormalize(baselines[scale], weights)
          : NormalizeThenSum.normalizeThenSum({ weights })
      // TRL's numbers are float32's.
      assertClose(advantages(byFunction(one)), one.advantages, 1e-6)
    })
  }

  it("what is exactly 0 here is within float32's rounding of it there, and nothing else is", () => {
    for (const one of grpo.cases.filter(({ multi_objective_aggregation: rule }) => rule === "normalize_then_sum")) {
      const weights = one.reward_weights ?? undefined
      const flat = NormalizeThenSum.normalizeThenSum({ weights })(byFunction(one)).flat()
      for (const [i, value] of flat.entries()) assert.strictEqual(value === 0, Math.abs(one.advantages[i]!) < 1e-7)
    }
  })
})

describe("RLOOTrainer", () => {
  for (const [index, one] of rloo.cases.entries()) {
    const { beta, normalize_advantages: normalize, num_generations: size, weights } = one
    it(`case ${index}: G = ${size}, ${weights.length} functions, KL ${beta}, ${normalize ? "" : "not "}whitened`, () => {
      const rewards = byFunction(one).map((functions) => Aggregation.weightedSum(functions, weights))
      const kl = one.lengths?.map((length, i) =>
        KlPenalty.sequenceKl(one.old_logprobs![i]!.slice(0, length), one.ref_logprobs![i]!.slice(0, length)),
      )
      const groups =
        kl === undefined
          ? rewards
          : inGroups(kl, size).map((ofGroup, group) => KlPenalty.penalized(rewards[group]!, ofGroup, beta))
      const baseline = normalize ? Whitened.leaveOneOutWhitened() : LeaveOneOut.leaveOneOut
      // TRL's n / (n − 1) is a float32 in its standard deviation, whatever the rewards are.
      assertClose(baseline(groups), one.advantages, normalize ? 1e-7 : 1e-12)
    })
  }
})

describe("get_soft_overlong_punishment", () => {
  it.each(overlong.cases)("$maxTokens tokens, $buffer of them punished", ({ lengths, rewards, ...options }) => {
    assert.deepStrictEqual(lengths.map(OverlongPenalty.overlongPenalty(options)), rewards)
  })
})
