/** What an objective's options stand for, against the functions that they name. */
import {
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
  Vespo,
} from "@seed-grpo/grpo"
import { ObjectiveConfig, RunConfig } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

const base = { model: "m", steps: 100, data: { kind: "arithmetic" }, sampling: { maxTokens: 7 } }
const parse = (change: object) => RunConfig.parse({ ...base, ...change })

/** Rows that every option of every method makes a difference to: ratios from 0.2 to e²⁵, of tokens and of completions. */
const rows: ReadonlyArray<ObjectiveRow.ScoredRow> = [
  { advantage: 1, logprobs: [-1, -0.5, -2], oldLogprobs: [-1.3, -0.5, -1.5] },
  { advantage: -1, logprobs: [-0.1, -3, -1, -1], oldLogprobs: [-3.5, -1.4, -1.0001, -1.001], truncated: true },
  { advantage: -2, logprobs: [-1.0007, -2], oldLogprobs: [-1, -2.0005] },
  { advantage: 0.5, logprobs: [-3], oldLogprobs: [-2], highEntropy: [1] },
  { advantage: 1, logprobs: [-1, -1], oldLogprobs: [-1.05, -1] },
  { advantage: -1, logprobs: [-1], oldLogprobs: [-26] },
].map((row) => ({
  highEntropy: row.logprobs.map((_, t) => t % 2),
  referenceLogprobs: row.logprobs.map((logprob, t) => logprob - 0.1 * (t - 1)),
  entropies: row.logprobs.map((_, t) => 0.3 + t),
  ...row,
}))

const token = { low: 0.2, high: 0.2 }
const sequence = { low: 3e-4, high: 4e-4 }
const all = {
  level: "sequence",
  logRatioBound: 0.5,
  offPolicyThreshold: 0.1,
  topEntropy: 0.5,
  entropyBonus: 0.01,
  maskTruncated: true,
} as const

describe("objective", () => {
  const cases: ReadonlyArray<readonly [object, Objective.Objective]> = [
    [{}, DrGrpo.drGrpo({ clip: token, maxTokens: 7 })],
    [{ clipLow: 0.1, clipHigh: 0.3 }, DrGrpo.drGrpo({ clip: { low: 0.1, high: 0.3 }, maxTokens: 7 })],
    [{ kind: "dr_grpo", clipHigh: 0.3 }, DrGrpo.drGrpo({ clip: { low: 0.2, high: 0.3 }, maxTokens: 7 })],
    [{ kind: "dr_grpo", ...all }, DrGrpo.drGrpo({ clip: token, maxTokens: 7, ...all })],
    [{ kind: "grpo" }, Grpo.grpo({ clip: token })],
    [{ kind: "grpo", delta: 2 }, Grpo.grpo({ clip: { ...token, delta: 2 } })],
    [{ kind: "grpo", dualClip: 3 }, Grpo.grpo({ clip: { ...token, dual: 3 } })],
    [{ kind: "grpo", level: "sequence" }, Grpo.grpo({ clip: sequence, level: "sequence" })],
    [
      { kind: "grpo", level: "sequence", clipLow: 0.1, clipHigh: 0.1 },
      Grpo.grpo({ clip: { low: 0.1, high: 0.1 }, level: "sequence" }),
    ],
    [{ kind: "grpo", logRatioBound: "none" }, Grpo.grpo({ clip: token, logRatioBound: Infinity })],
    [{ kind: "bnpo" }, Bnpo.bnpo({ clip: token })],
    [{ kind: "dapo" }, Dapo.dapo()],
    [{ kind: "dapo", ...all }, Dapo.dapo(all)],
    [{ kind: "luspo" }, Luspo.luspo({ clip: sequence })],
    [{ kind: "luspo", level: "token" }, Luspo.luspo({ clip: token, level: "token" })],
    [{ kind: "cispo" }, Cispo.cispo()],
    [{ kind: "cispo", cap: 1.1, entropyBonus: 0.5 }, Cispo.cispo({ cap: 1.1, entropyBonus: 0.5 })],
    [{ kind: "sapo" }, Sapo.sapo()],
    [{ kind: "sapo", positiveTemperature: 2 }, Sapo.sapo({ positiveTemperature: 2 })],
    [{ kind: "sapo", negativeTemperature: 2 }, Sapo.sapo({ negativeTemperature: 2 })],
    [{ kind: "vespo" }, Vespo.vespo()],
    [{ kind: "vespo", positive: { k: 1 } }, Vespo.vespo({ positive: { k: 1, lambda: 3 } })],
    [{ kind: "vespo", negative: { lambda: 1 } }, Vespo.vespo({ negative: { k: 3, lambda: 1 } })],
  ]

  it.effect.each(cases)("%j", ([objective, expected]) =>
    Effect.gen(function* () {
      const config = yield* parse({ objective })
      const built = ObjectiveConfig.objective(config.objective, config.sampling)
      assert.strictEqual(built.name, expected.name)
      assert.deepStrictEqual(Reference.evaluate(built, rows), Reference.evaluate(expected, rows))
    }),
  )

  it("no two of them are the same", () => {
    const values = cases.slice(1).map(([, one]) => JSON.stringify([one.name, Reference.evaluate(one, rows)]))
    assert.strictEqual(new Set(values).size, values.length)
  })

  it.effect.each([
    [{ kind: "grpo", delta: 3, dualClip: 3 }, /objective\.dualClip: Expected no dualClip beside delta/],
    [{ kind: "cispo", clipHigh: 0.2 }, /objective\.clipHigh: Expected no excess property/],
    [{ kind: "sapo", delta: 3 }, /objective\.delta: Expected no excess property/],
    [{ clipLow: -0.1 }, /objective\.clipLow: Expected a value greater than or equal to 0/],
    [{ kind: "dapo", dualClip: 1 }, /objective\.dualClip: Expected a value greater than 1/],
    [{ topEntropy: 1.5 }, /objective\.topEntropy: Expected a value between 0 and 1/],
    [{ kind: "vespo", positive: { k: "2" } }, /objective\.positive\.k: Expected a? ?.*number/],
    [{ kind: "reinforce" }, /objective: Expected .*"dr_grpo".*"vespo"/],
    [{ mismatch: {} }, /objective\.mismatch: Expected no excess property/],
  ] as const)("refused with its path: %j", ([objective, message]) =>
    Effect.gen(function* () {
      assert.match((yield* Effect.flip(parse({ objective }))).message, message)
    }),
  )
})
