import {
  Bnpo,
  Cispo,
  Dapo,
  DrGrpo,
  Grpo,
  Luspo,
  type Kl,
  type Objective,
  ObjectiveError,
  type ObjectiveRow,
  Reference,
  Sapo,
  Vespo,
} from "@seed-grpo/grpo"
import { Backend } from "@seed-grpo/runtime"
import { assert, layer } from "@effect/vitest"
import { onTensors } from "./onTensors.ts"

const clip = { low: 0.2, high: 0.2 }

layer(Backend.layerCpu)("objectives", (it) => {
  it("padding changes nothing", () => {
    const rows = [{ logprobs: [-1, -2], oldLogprobs: [-1.2, -1.9], advantage: 0.7 }]
    const loss = (padding: number) => onTensors(Grpo.grpo({ clip }), rows, undefined, padding).loss
    assert.strictEqual(loss(0), loss(5))
  })

  it("a log-ratio beyond every bound gives a finite loss, and no gradient", () => {
    const rows = [{ logprobs: [0], oldLogprobs: [-500], advantage: -1 }]
    const bounded = onTensors(DrGrpo.drGrpo({ clip, maxTokens: 1 }), rows)
    assert.closeTo(bounded.loss / Math.exp(20), 1, 1e-6)
    assert.deepStrictEqual(bounded.byLogprob, [[0]])
    const free = onTensors(DrGrpo.drGrpo({ clip, maxTokens: 1, logRatioBound: Infinity }), rows)
    assert.strictEqual(free.loss, Infinity)
  })

  it("clipped as computed by hand", () => {
    const cases = [
      [1.3, 0.5, {}, -0.6, 0],
      [1.3, -0.5, {}, 0.65, 0.65],
      [0.7, 0.5, {}, -0.35, -0.35],
      [0.7, -0.5, {}, 0.4, 0],
      // delta caps the unclipped ratio, for either sign
      [5, -1, { delta: 2 }, 2, 0],
      [1.15, 1, { delta: 1.1 }, -1.1, 0],
      // verl's clip_ratio_c: pg_losses3 = -A c, for A < 0 only
      [5, -1, { dual: 3 }, 3, 0],
      [2, -1, { dual: 3 }, 2, 2],
      [5, 1, { dual: 3 }, -1.2, 0],
    ] as const
    for (const [ratio, advantage, more, loss, gradient] of cases) {
      const objective = DrGrpo.drGrpo({ clip: { ...clip, ...more }, maxTokens: 1 })
      const rows = [{ logprobs: [Math.log(ratio)], oldLogprobs: [0], advantage }]
      const exact = Reference.evaluate(objective, rows)
      assert.closeTo(exact.loss, loss, 1e-12)
      assert.closeTo(exact.byLogprob[0]![0]!, gradient, 1e-12)
      const found = onTensors(objective, rows)
      assert.closeTo(found.loss, loss, 1e-6)
      assert.closeTo(found.byLogprob[0]![0]!, gradient, 1e-6)
    }
  })

  it("KL estimators in the loss have the gradients that their table says", () => {
    const [d, advantage] = [0.3, 0]
    const rows = [{ logprobs: [-1], oldLogprobs: [-1], referenceLogprobs: [-1 + d], advantage }]
    const k3 = Math.exp(d) - d - 1
    for (const [estimator, corrected, value, gradient] of [
      ["k1", false, -d, 1],
      ["k2", false, d ** 2 / 2, -d],
      ["k3", false, k3, 1 - Math.exp(d)],
      // on-policy the ratio is 1 and has the gradient of the log-probability
      ["k1", true, -d, 1 - d],
      ["k2", true, d ** 2 / 2, -d + d ** 2 / 2],
      ["k3", true, k3, 1 - Math.exp(d) + k3],
    ] as const) {
      const objective = Dapo.dapo({ kl: { coefficient: 1, estimator, corrected } })
      const exact = Reference.evaluate(objective, rows)
      assert.closeTo(exact.loss, value, 1e-12)
      assert.closeTo(exact.byLogprob[0]![0]!, gradient, 1e-12)
    }
  })

  it("corrected k1 and k3, and k2 as it is, have the gradient of KL(π ‖ π_ref) on average", () => {
    // Two tokens with logits (a, 0): every outcome, weighted by its probability.
    const reference = [Math.log(0.1), Math.log(0.9)] as const
    const a = 0.4
    const p = 1 / (1 + Math.exp(-a))
    const probabilities = [p, 1 - p] as const
    const kl = (at: number) => {
      const q = 1 / (1 + Math.exp(-at))
      return q * (Math.log(q) - reference[0]) + (1 - q) * (Math.log(1 - q) - reference[1])
    }
    const truth = (kl(a + 1e-6) - kl(a - 1e-6)) / 2e-6
    const expected = (estimator: Kl.Estimator, corrected?: boolean) => {
      const objective = Dapo.dapo({
        kl: { coefficient: 1, estimator, ...(corrected === undefined ? {} : { corrected }) },
      })
      return probabilities.reduce((sum, probability, token) => {
        const logprobs = [Math.log(probability)]
        const row = { logprobs, oldLogprobs: logprobs, referenceLogprobs: [reference[token]!], advantage: 0 }
        const byLogit = token === 0 ? 1 - p : -p
        return sum + probability * Reference.evaluate(objective, [row]).byLogprob[0]![0]! * byLogit
      }, 0)
    }
    for (const estimator of ["k1", "k2", "k3"] as const) assert.closeTo(expected(estimator), truth, 1e-9, estimator)
    assert.closeTo(expected("k1", false), 0, 1e-12)
    // KL(π_ref ‖ π) has the gradient −Σ π_ref ∇ ln π = π − π_ref by the logit
    assert.closeTo(expected("k3", false), p - 0.1, 1e-12)
    assert.isAbove(Math.abs(expected("k3", false) - truth), 0.01)
    assert.isAbove(Math.abs(expected("k2", true) - truth), 0.01)
  })

  it("masks and weights do not touch the KL term", () => {
    const row = {
      logprobs: [-1, -2],
      oldLogprobs: [-1, -1],
      referenceLogprobs: [-1.5, -2.5],
      samplerLogprobs: [-3, -3],
      highEntropy: [0, 0],
      advantage: -1,
    }
    const kl = { coefficient: 0.1, corrected: false }
    const alone = Reference.evaluate(Dapo.dapo({ kl }), [{ ...row, advantage: 0 }])
    for (const options of [{ offPolicyThreshold: -2 }, { topEntropy: 0.5 }, { mismatch: { max: 1.5 } }]) {
      const found = Reference.evaluate(Dapo.dapo({ kl, ...options }), [row])
      assert.closeTo(found.loss, alone.loss, 1e-12)
      assert.deepStrictEqual(found.byLogprob, alone.byLogprob)
    }
  })

  it("truncated completions leave numerator and denominator", () => {
    const rows = [
      { logprobs: [-1, -2], advantage: 1 },
      { logprobs: [-1, -2, -3], advantage: -1, truncated: true },
    ]
    for (const of of [Grpo.grpo, Bnpo.bnpo, Dapo.dapo, Luspo.luspo]) {
      const objective = of({ clip, maskTruncated: true })
      assert.deepStrictEqual(
        Reference.evaluate(objective, rows).byLogprob[0],
        Reference.evaluate(objective, rows.slice(0, 1)).byLogprob[0],
      )
      assert.deepStrictEqual([...Reference.evaluate(objective, rows).byLogprob[1]!], [0, 0, 0])
    }
  })

  it("cispo's cap is 5, not the 0.2 of a clip range", () => {
    const gradient = (objective: Objective.Objective) =>
      Reference.evaluate(objective, [{ logprobs: [-1], oldLogprobs: [-1], advantage: 1 }]).byLogprob[0]![0]
    assert.strictEqual(gradient(Cispo.cispo()), -1)
    assert.strictEqual(gradient(Cispo.cispo({ cap: 0.2 })), -0.2)
  })

  it("options that cannot be meant are refused, with what to do", () => {
    const refused: ReadonlyArray<readonly [() => unknown, RegExp]> = [
      [() => Grpo.grpo({ clip: { low: -0.1, high: 0.2 } }), /clip\.low: expected 0 or more, found -0\.1/],
      [() => Grpo.grpo({ clip: { low: 0.2, high: NaN } }), /clip\.high/],
      [() => Grpo.grpo({ clip: { ...clip, dual: 1 } }), /clip\.dual: expected a number above 1/],
      [() => Grpo.grpo({ clip: { ...clip, delta: 0 } }), /clip\.delta/],
      [() => DrGrpo.drGrpo({ clip, maxTokens: 0 }), /maxTokens/],
      [() => Cispo.cispo({ cap: 0 }), /cap: expected a positive number/],
      [() => Sapo.sapo({ positiveTemperature: 0 }), /positiveTemperature/],
      [() => Vespo.vespo({ positive: { k: 1, lambda: -1 } }), /positive\.lambda/],
      [() => Dapo.dapo({ kl: { coefficient: -1 } }), /kl\.coefficient/],
      [() => Dapo.dapo({ topEntropy: 20 }), /topEntropy: expected a share from 0 to 1, found 20/],
      [() => Dapo.dapo({ entropyBonus: Infinity }), /entropyBonus/],
      [() => Dapo.dapo({ logRatioBound: 0 }), /logRatioBound/],
      [() => Dapo.dapo({ offPolicyThreshold: NaN }), /offPolicyThreshold/],
      [() => Dapo.dapo({ mismatch: { min: 3 } }), /mismatch\.max: expected more than mismatch\.min/],
      [() => Dapo.dapo({ mismatch: { rule: "truncate", max: Infinity } }), /Give mismatch\.max, or mismatch\.min/],
    ]
    for (const [make, message] of refused) {
      assert.throws(make, ObjectiveError.ObjectiveError)
      assert.throws(make, message)
    }
  })

  it("rows that lack what the objective needs are refused, with what to do", () => {
    const row = { logprobs: [-1, -1], oldLogprobs: [-1, -1], advantage: 1 }
    const refused: ReadonlyArray<readonly [Objective.Objective, ObjectiveRow.ScoredRow, RegExp]> = [
      [Dapo.dapo({ kl: { coefficient: 1 } }), row, /expected referenceLogprobs of every row/],
      [Dapo.dapo({ mismatch: {} }), row, /samplerLogprobs of every row/],
      [Dapo.dapo({ topEntropy: 0.2 }), row, /TopEntropy\.marked/],
      [Dapo.dapo({ entropyBonus: 0.1 }), row, /entropies of every row/],
      [Dapo.dapo(), { ...row, oldLogprobs: [-1] }, /oldLogprobs of a row: expected one number per token, 2, found 1/],
      [Dapo.dapo(), { ...row, advantage: [1] }, /advantage of a row/],
    ]
    for (const [objective, given, message] of refused) {
      assert.throws(() => Reference.evaluate(objective, [given]), ObjectiveError.ObjectiveError)
      assert.throws(() => Reference.evaluate(objective, [given]), message)
    }
    assert.throws(
      () => onTensors(Dapo.dapo(), [row, { logprobs: [-1], advantage: 1 }]),
      /oldLogprobs of every row or of none/,
    )
  })
})
