import { assert, describe, it } from "@effect/vitest"
import * as Clusters from "@seed-grpo/core/Clusters"
import * as EntailmentRule from "@seed-grpo/entropy/EntailmentRule"
import { SemanticEntropy } from "@seed-grpo/entropy"
import { Schema } from "effect"

const { eitherWay, kuhn2023, lenient, strict } = EntailmentRule

const sure = (label: EntailmentRule.Label): EntailmentRule.Probabilities => ({
  contradiction: 0.05,
  neutral: 0.05,
  entailment: 0.05,
  [label]: 0.9,
})

describe("rules", () => {
  // Written down from the code of each: `get_semantic_ids` of jlko/semantic_uncertainty (strict, lenient),
  // `get_semantic_similarities.py` of lorenzkuhn/semantic_uncertainty, `_get_nli_results` of cvs-health/uqlm.
  it.each([
    ["entailment", "entailment", true, true, true, true],
    ["entailment", "neutral", false, true, true, true],
    ["entailment", "contradiction", false, false, false, true],
    ["neutral", "neutral", false, false, true, false],
    ["neutral", "contradiction", false, false, false, false],
    ["contradiction", "contradiction", false, false, false, false],
  ] as const)("%s and %s", (there, back, ...expected) => {
    for (const [a, b] of [
      [there, back],
      [back, there],
    ] as const) {
      const said = [strict, lenient, kuhn2023, eitherWay].map((rule) => rule.outcome(sure(a), sure(b)))
      assert.deepStrictEqual(
        said,
        expected.map((same) => (same ? "equivalent" : "different")),
      )
    }
  })

  const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
  const Three = Schema.Struct({ contradiction: Probability, neutral: Probability, entailment: Probability })

  it.prop("what strict merges, lenient merges; and lenient's, kuhn2023 and eitherWay do", [Three, Three], ([a, b]) => {
    const merges = (rule: EntailmentRule.EntailmentRule) => rule.outcome(a, b) === "equivalent"
    assert.isTrue(!merges(strict) || merges(lenient))
    assert.isTrue(!merges(lenient) || (merges(kuhn2023) && merges(eitherWay)))
    for (const rule of [strict, lenient, kuhn2023, eitherWay]) {
      assert.strictEqual(rule.outcome(a, b), rule.outcome(b, a))
    }
  })

  it("ties go to what merges less", () => {
    const third = 1 / 3
    assert.strictEqual(
      EntailmentRule.labelOf({ contradiction: third, neutral: third, entailment: third }),
      "contradiction",
    )
    assert.strictEqual(EntailmentRule.labelOf({ contradiction: 0, neutral: 0.5, entailment: 0.5 }), "neutral")
    assert.strictEqual(EntailmentRule.labelOf({ contradiction: 0.5, neutral: 0, entailment: 0.5 }), "contradiction")
  })
})

// Answers and entropies of tests/data/scorers/semanticentropy_results_file.json of cvs-health/uqlm, where a longer or
// finer answer entails a shorter one and not the other way round. Those numbers come from its rule: here the labels are
// given, and the rule alone decides.
describe("uqlm's regression data", () => {
  const entropyOf = (
    answers: ReadonlyArray<string>,
    oneWay: ReadonlyArray<readonly [string, string]>,
    apart: EntailmentRule.Label,
    rule: EntailmentRule.EntailmentRule,
  ) => {
    const label = (a: string, b: string) =>
      oneWay.some(([from, to]) => from === a && to === b)
        ? "entailment"
        : oneWay.some(([from, to]) => from === b && to === a)
          ? "neutral"
          : apart
    const { clusterIds } = Clusters.cluster(answers, {
      name: rule.name,
      key: (key) => ({ key, final: false }),
      compare: (a, b) => rule.outcome(sure(label(a, b)), sure(label(b, a))),
    })
    return SemanticEntropy.discrete(clusterIds.map((id) => id!))
  }

  const miles = [["5", "5", "5", "5", "5", "5 miles"], [["5 miles", "5"]]] as const
  const ages = [["35", "32.5", "32", "32.5", "30.", "32"], [["32.5", "32"]]] as const
  const lunches = [["308", "308", "308", "308", "315", "308"], []] as const

  it.each([
    ["5 miles", ...miles, eitherWay, 0],
    ["5 miles", ...miles, lenient, 0],
    ["5 miles", ...miles, kuhn2023, 0],
    ["5 miles", ...miles, strict, 0.450561209],
    ["32.5 for 32", ...ages, eitherWay, 0.867563228],
    ["32.5 for 32", ...ages, lenient, 0.867563228],
    ["32.5 for 32", ...ages, kuhn2023, 0.867563228],
    ["32.5 for 32", ...ages, strict, 1.329661349],
    ["308", ...lunches, eitherWay, 0.450561209],
    ["308", ...lunches, strict, 0.450561209],
  ] as const)("%s", (_, answers, oneWay, rule, entropy) => {
    assert.closeTo(entropyOf(answers, oneWay, "contradiction", rule), entropy, 1e-9)
  })

  it("kuhn2023 merges what has nothing to do with each other", () => {
    assert.strictEqual(entropyOf(...lunches, "neutral", kuhn2023), 0)
    assert.closeTo(entropyOf(...lunches, "neutral", lenient), 0.450561209, 1e-9)
  })
})
