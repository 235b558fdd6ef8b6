import { EntropyError, ReleasedRule, SemanticEntropy, Variants } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"

const ids = [0, 0, 0, 1, 1, 2, 3, 3]
const logprobs = [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8]

describe("variants on one group", () => {
  // Computed in 64 bits from the formulas of each program.
  it.each([
    ["likelihoodWeighted", SemanticEntropy.likelihoodWeighted, 1.244373171],
    ["invertedEquation5", Variants.invertedEquation5, 1.53286674],
    ["rawEquation5", Variants.rawEquation5, -0.122684042],
    ["kuhn2023", Variants.kuhn2023, 4.877315958],
    ["monteCarlo", Variants.monteCarlo, -0.310426898],
    ["overcounted", Variants.overcounted, -6.857844173],
    ["halfNormalized", Variants.halfNormalized, -0.41117761],
    ["logMeanLikelihood", Variants.logMeanLikelihood, -0.269256421],
    ["discrete", SemanticEntropy.discrete, 1.320888343],
  ] as const)("%s", (_, estimate, expected) => {
    assert.closeTo(estimate(ids, logprobs), expected, 1e-9)
    const order = [6, 2, 0, 5, 7, 1, 4, 3]
    const shuffled = estimate(
      order.map((i) => ids[i]!),
      order.map((i) => logprobs[i]!),
    )
    assert.closeTo(shuffled, expected, 1e-9)
  })

  it("the masses are those of the literature", () => {
    const masses = SemanticEntropy.clusterLogMasses(ids, logprobs).map(Math.exp)
    const expected = [0.470665356, 0.243861675, 0.104815797, 0.180657172]
    for (const [k, mass] of masses.entries()) assert.closeTo(mass, expected[k]!, 1e-9)
  })

  it("nothing underflows", () => {
    const summed = [-812.5, -640.25, -701, -655.75]
    const [first, second, third] = SemanticEntropy.clusterLogMasses([0, 1, 0, 2], summed)
    assert.closeTo(first!, -60.750000186, 1e-9)
    assert.closeTo(second! / -1.855391e-7, 1, 1e-6)
    assert.closeTo(third!, -15.500000186, 1e-9)
    assert.closeTo(Variants.rawEquation5([0, 1, 0, 2], summed), 665.666667, 1e-6)
  })

  it("overcounted gives 0.907 for frequencies (2, 1), where the entropy is 0.637", () => {
    // Likelihoods whose clusters have the masses 2/3 and 1/3.
    const thirds = Array.from({ length: 3 }, () => Math.log(1 / 3))
    assert.closeTo(Variants.overcounted([0, 0, 1], thirds), 0.906824, 1e-6)
    assert.closeTo(SemanticEntropy.likelihoodWeighted([0, 0, 1], thirds), 0.636514, 1e-6)
  })
})

describe("the printed Eq. (5)", () => {
  it.each([
    [[8], 0],
    [[7, 1], 1.106486467],
    [[6, 2], 0.836988217],
    [[5, 3], 0.725416441],
    [[4, 4], 0.693147181],
    [[6, 1, 1], 1.482188385],
    [[5, 2, 1], 1.311913177],
    [[3, 3, 2], 1.115984289],
    [[4, 2, 1, 1], 1.559581156],
    [[2, 2, 2, 2], 1.386294361],
    [[1, 1, 1, 1, 1, 1, 1, 1], 2.079441542],
    [[2, 1, 1], 1.155245301],
  ] as const)("counts %j", (counts, expected) => {
    const clusterIds = counts.flatMap((count, id) => Array.from({ length: count }, () => id))
    const value = Variants.invertedEquation5(
      clusterIds,
      clusterIds.map(() => -1),
    )
    assert.closeTo(value, expected, 1e-9)
    assert.isAtLeast(value + 1e-12, Math.log(counts.length))
    assert.isAtLeast(value + 1e-12, SemanticEntropy.fromCounts(counts))
  })

  it("is without bound where the entropy is bounded", () => {
    assert.closeTo(Variants.invertedEquation5([0, 1], [Math.log(0.999), Math.log(0.001)]), 3.454378, 1e-6)
  })
})

describe("the released rule", () => {
  const group = { answers: ["3", "3", undefined], sumLogprobs: [-1, -2, -3], lengths: [1, 1, 1], groupSize: 4 }

  it("equals the values of the released code's own tests", () => {
    const { entropy, scale } = ReleasedRule.released(group)
    assert.closeTo(entropy, 0.302608553, 1e-9)
    assert.closeTo(scale, 0.990979585, 1e-9)
    const missing = { answers: [undefined, ""], sumLogprobs: [-4, -6], lengths: [4, 6] }
    assert.closeTo(ReleasedRule.released(missing).scale, 0.959969281, 1e-9)
  })

  it.each([
    [8, 0.992501112, [7, 1]],
    [8, 0.986290561, [4, 4]],
    [8, 0.976252654, [4, 2, 1, 1]],
    [4, 0.969673462, [2, 1, 1]],
  ] as const)("G = %i gives the scale %d for counts %j", (_, expected, counts) => {
    const answers = counts.flatMap((count, id) => Array.from({ length: count }, () => `${id}`))
    const { scale } = ReleasedRule.released({
      answers,
      sumLogprobs: answers.map(() => -30),
      lengths: answers.map(() => 30),
    })
    assert.closeTo(scale, expected, 1e-9)
  })

  it("1/2 and 0.5 are different answers to it, and blanks around an answer are not", () => {
    const likely = { sumLogprobs: [-1, -1], lengths: [1, 1] }
    assert.closeTo(ReleasedRule.released({ answers: ["1/2", "0.5"], ...likely }).entropy, Math.LN2, 1e-12)
    assert.strictEqual(ReleasedRule.released({ answers: ["1/2", " 1/2\n"], ...likely }).scale, 1)
  })

  it("α = 0 and groups of one change nothing", () => {
    assert.strictEqual(ReleasedRule.released({ ...group, alpha: 0 }).scale, 1)
    assert.strictEqual(ReleasedRule.released({ answers: ["3"], sumLogprobs: [-1], lengths: [2] }).scale, 1)
  })

  it.each([
    ["negative α", { alpha: -1 }],
    ["too few lengths", { lengths: [1] }],
    ["a length of 0", { lengths: [1, 0, 1] }],
    ["too few log-probabilities", { sumLogprobs: [-1] }],
    ["a positive log-probability", { sumLogprobs: [-1, 2, -1] }],
    ["fewer places than responses", { groupSize: 2 }],
    ["no responses", { answers: [], lengths: [], sumLogprobs: [] }],
  ])("%s is refused", (_, change) => {
    assert.throws(() => ReleasedRule.released({ ...group, ...change }), EntropyError.EntropyError)
  })
})
