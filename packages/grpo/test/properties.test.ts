/**
 * Objectives with options drawn at random: gradients against central differences, tensors against plain numbers, parts
 * against the whole.
 */
import {
  Aggregation,
  Bnpo,
  Cispo,
  Dapo,
  DrGrpo,
  Grpo,
  Luspo,
  type Objective,
  type ObjectiveRow,
  Reference,
  Sapo,
  Supervised,
  TopEntropy,
  Vespo,
} from "@seed-grpo/grpo"
import { Rng } from "@seed-grpo/core"
import { Backend } from "@seed-grpo/runtime"
import { assert, describe, it, layer } from "@effect/vitest"
import { onTensors } from "./onTensors.ts"

const NAMES = ["grpo", "bnpo", "dr_grpo", "dapo", "cispo", "sapo", "vespo", "luspo"] as const

const CASES = 40

/** Numbers of a case, one after the other. */
const drawn = (name: string, index: number) => {
  const key = Rng.key(index, name)
  let count = 0
  const uniform = (low: number, high: number) => low + (high - low) * Rng.uniform(key, [count++])
  const integer = (low: number, high: number) => Math.floor(uniform(low, high + 1))
  const chance = (share: number) => uniform(0, 1) < share
  const one = <A>(of: ReadonlyArray<A>): A => of[integer(0, of.length - 1)]!
  const maybe = <A>(make: () => A): A | Record<string, never> => (chance(0.5) ? make() : {})
  return { uniform, integer, chance, one, maybe }
}

type Drawn = ReturnType<typeof drawn>

const optionsOf = ({ chance, maybe, one, uniform }: Drawn, extreme: boolean): Objective.ObjectiveOptions => ({
  ...maybe(() => ({ level: one(["token", "sequence"] as const) })),
  ...maybe(() => ({ logRatioBound: extreme ? one([20, 5]) : one([20, 1, Infinity]) })),
  ...maybe(() => ({
    kl: {
      coefficient: uniform(0, 0.5),
      estimator: one(["k1", "k2", "k3"] as const),
      ...maybe(() => ({ corrected: chance(0.5) })),
    },
  })),
  ...maybe(() => ({ offPolicyThreshold: uniform(-0.1, 0.3) })),
  ...maybe(() => ({
    mismatch: {
      level: one(["token", "sequence"] as const),
      rule: one(["truncate", "mask"] as const),
      min: uniform(0, 0.9),
      max: uniform(1, 3),
    },
  })),
  ...maybe(() => ({ topEntropy: uniform(0, 1) })),
  ...maybe(() => ({ entropyBonus: uniform(-0.1, 0.1) })),
  ...maybe(() => ({ maskTruncated: chance(0.5) })),
})

const objectiveOf = (name: (typeof NAMES)[number], draw: Drawn, extreme: boolean): Objective.Objective => {
  const { maybe, uniform } = draw
  const options = optionsOf(draw, extreme)
  const clip = {
    low: uniform(0, 0.3),
    high: uniform(0, 0.3),
    ...maybe(() => ({ delta: uniform(1, 3) })),
    ...maybe(() => ({ dual: uniform(1.5, 4) })),
  }
  switch (name) {
    case "grpo":
      return Grpo.grpo({ clip, ...options })
    case "bnpo":
      return Bnpo.bnpo({ clip, ...options })
    case "dr_grpo":
      return DrGrpo.drGrpo({ clip, maxTokens: 8, ...options })
    case "dapo":
      return Dapo.dapo({ ...maybe(() => ({ clip })), ...options })
    case "cispo":
      return Cispo.cispo({ ...maybe(() => ({ cap: uniform(0.5, 3) })), ...options })
    case "sapo":
      return Sapo.sapo({ ...maybe(() => ({ positiveTemperature: uniform(0.5, 3) })), ...options })
    case "vespo":
      return Vespo.vespo({ ...maybe(() => ({ negative: { k: uniform(0, 2), lambda: uniform(1, 3) } })), ...options })
    case "luspo":
      return Luspo.luspo({ clip, ...options })
  }
}

/** Rows of any kind: one token, one row, all masked, tokens of tools, advantages of 0 and per token, unscored tokens. */
const rowsOf = (
  objective: Objective.Objective,
  { chance, integer, one, uniform }: Drawn,
  extreme: boolean,
): ReadonlyArray<ObjectiveRow.ScoredRow> => {
  const old = chance(0.8) || objective.mismatch !== undefined
  const rows = Array.from({ length: one([1, 2, 5]) }, () => {
    const length = one([1, 2, 4, 7])
    const spread = one([0.1, 1, 3])
    const numbers = (of: (t: number) => number) => Array.from({ length }, (_, t) => of(t))
    const logprobs = numbers(() => uniform(-4, -0.1))
    const far = () => (extreme && chance(0.3) ? one([-1000, 1000]) : uniform(-spread, spread))
    const oldLogprobs = numbers((t) => logprobs[t]! + far())
    return {
      logprobs,
      ...(old ? { oldLogprobs } : {}),
      referenceLogprobs: numbers((t) => logprobs[t]! + far()),
      samplerLogprobs: numbers((t) => (chance(0.2) ? NaN : oldLogprobs[t]! + uniform(-0.3, 0.3))),
      entropies: numbers(() => uniform(0, 3)),
      advantage: chance(0.3) ? numbers(() => uniform(-2, 2)) : one([0, uniform(-2, 2), uniform(-2, 2)]),
      mask: chance(0.15) ? numbers(() => 0) : numbers(() => integer(0, 3) && 1),
      truncated: chance(0.3),
    }
  })
  return objective.topEntropy < 1
    ? TopEntropy.marked(
        objective,
        rows,
        rows.map(({ entropies }) => entropies),
      )
    : rows
}

const cases = (name: (typeof NAMES)[number], extreme: boolean) =>
  Array.from({ length: CASES }, (_, index) => {
    const draw = drawn(`${name} ${extreme}`, index)
    const objective = objectiveOf(name, draw, extreme)
    const rows = rowsOf(objective, draw, extreme)
    return { draw, objective, rows, totals: Aggregation.totals(objective, rows) }
  })

const STEP = 1e-6

describe("gradients are those of central differences", () => {
  for (const name of NAMES) {
    it(name, () => {
      let [compared, kinks] = [0, 0]
      for (const { objective, rows, totals } of [...cases(name, false), ...cases(name, true)]) {
        const { byEntropy, byLogprob } = Reference.evaluate(objective, rows, totals)
        rows.forEach((row, i) => {
          const at = (moved: Partial<ObjectiveRow.ScoredRow>) =>
            Reference.evaluate(objective, [{ ...row, ...moved }], totals, [row.logprobs]).loss
          const here = at({})
          const slopes = (of: "logprobs" | "entropies", t: number) => {
            const moved = (by: number) => at({ [of]: Array.from(row[of]!, (x, s) => (s === t ? x + by : x)) })
            return [(moved(STEP) - here) / STEP, (here - moved(-STEP)) / STEP] as const
          }
          for (let t = 0; t < row.logprobs.length; t++) {
            for (const [of, gradient] of [
              ["logprobs", byLogprob[i]![t]!],
              ["entropies", byEntropy[i]![t]!],
            ] as const) {
              const [right, left] = slopes(of, t)
              const size = Math.max(1, Math.abs(gradient), Math.abs(here))
              if (Math.abs(right - left) > 1e-3 * size) {
                kinks++
                continue
              }
              compared++
              assert.closeTo((right + left) / 2, gradient, 1e-5 * size, `${objective.name} ${of} ${i} ${t}`)
            }
          }
        })
      }
      assert.isAbove(compared, 500)
      assert.isBelow(kinks, compared / 100)
    })
  }
})

layer(Backend.layerCpu)("tensors give the numbers of the reference", (it) => {
  const closeTo = (
    found: ReadonlyArray<ReadonlyArray<number>>,
    expected: ReadonlyArray<Float64Array>,
    name: string,
  ) => {
    const size = expected.flatMap((row) => [...row]).reduce((most, x) => Math.max(most, Math.abs(x)), 1)
    expected.forEach((row, i) =>
      found[i]!.forEach((value, t) => assert.closeTo(value, row[t] ?? 0, 1e-5 * size, `${name} ${i} ${t}`)),
    )
  }

  for (const name of NAMES) {
    for (const extreme of [false, true]) {
      it(`${name}${extreme ? ", with log-ratios of 1000" : ""}`, () => {
        for (const [index, { objective, rows, totals }] of cases(name, extreme).entries()) {
          const exact = Reference.evaluate(objective, rows, totals)
          const found = onTensors(objective, rows, totals, index % 3)
          assert.isTrue(Number.isFinite(exact.loss), `case ${index}`)
          assert.closeTo(found.loss, exact.loss, 1e-5 * Math.max(1, Math.abs(exact.loss)), `case ${index}`)
          closeTo(found.byLogprob, exact.byLogprob, `case ${index}: by log-prob`)
          closeTo(found.byEntropy, exact.byEntropy, `case ${index}: by entropy`)
        }
      })
    }
  }
})

layer(Backend.layerCpu)("parts add up to the whole", (it) => {
  const objectives = NAMES.flatMap((name) => cases(name, false).slice(0, 20))
  const supervised = objectives.slice(0, 20).map((one) => ({
    ...one,
    objective: Supervised.supervised,
    totals: Aggregation.totals(Supervised.supervised, one.rows),
  }))

  it("every row has the same gradient, in whatever part it is", () => {
    for (const { draw, objective, rows, totals } of [...objectives, ...supervised]) {
      const whole = Reference.evaluate(objective, rows, totals)
      const cut = draw.integer(0, rows.length)
      const parts = [rows.slice(0, cut), rows.slice(cut)].map((part) => Reference.evaluate(objective, part, totals))
      assert.deepStrictEqual(
        parts.flatMap(({ byLogprob }) => byLogprob),
        whole.byLogprob,
      )
      assert.deepStrictEqual(
        parts.flatMap(({ byEntropy }) => byEntropy),
        whole.byEntropy,
      )
      assert.closeTo(
        parts.reduce((sum, { loss }) => sum + loss, 0),
        whole.loss,
        1e-12 * Math.max(1, Math.abs(whole.loss)),
      )
    }
  })

  it("on tensors too, whatever the padding", () => {
    for (const { objective, rows, totals } of [...objectives, ...supervised]) {
      const whole = onTensors(objective, rows, totals)
      const alone = rows.map((row, i) => onTensors(objective, [row], totals, i % 2))
      assert.closeTo(
        alone.reduce((sum, { loss }) => sum + loss, 0),
        whole.loss,
        1e-5 * Math.max(1, Math.abs(whole.loss)),
      )
      rows.forEach(({ logprobs }, i) => {
        for (let t = 0; t < logprobs.length; t++) {
          const expected = whole.byLogprob[i]![t]!
          assert.closeTo(alone[i]!.byLogprob[0]![t]!, expected, 1e-6 * Math.max(1, Math.abs(expected)))
        }
      })
    }
  })

  it("the order of rows changes nothing", () => {
    for (const { objective, rows, totals } of objectives) {
      const there = Reference.evaluate(objective, rows, totals)
      const back = Reference.evaluate(objective, rows.toReversed(), totals)
      assert.deepStrictEqual(back.byLogprob.toReversed(), there.byLogprob)
    }
  })

  it("numbers at masked tokens change nothing", () => {
    for (const { objective, rows, totals } of objectives) {
      const spoilt = rows.map((row) => {
        const at = (values: ArrayLike<number> | undefined) =>
          values === undefined ? {} : Array.from(values, (x, t) => (row.mask![t]! > 0 ? x : NaN))
        const { advantage, entropies, logprobs, oldLogprobs, referenceLogprobs } = row
        return {
          ...row,
          logprobs: at(logprobs) as Array<number>,
          entropies: at(entropies) as Array<number>,
          referenceLogprobs: at(referenceLogprobs) as Array<number>,
          ...(oldLogprobs === undefined ? {} : { oldLogprobs: at(oldLogprobs) as Array<number> }),
          ...(typeof advantage === "number" ? {} : { advantage: at(advantage) as Array<number> }),
        }
      })
      assert.deepStrictEqual(Reference.evaluate(objective, spoilt, totals), Reference.evaluate(objective, rows, totals))
      assert.deepStrictEqual(onTensors(objective, spoilt, totals), onTensors(objective, rows, totals))
    }
  })
})
