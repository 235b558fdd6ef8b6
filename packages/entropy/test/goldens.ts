/**
 * A number of each module beside what it must be, for every place where the package should run: Node, browsers, Bun, Deno.
 * Imports nothing but the package, so that any of them can load it.
 */
import { Equivalent } from "@seed-grpo/core"
import {
  Auroc,
  Corrections,
  Coverage,
  Interval,
  KernelEntropy,
  Lexical,
  Posterior,
  PublishedRejection,
  ReleasedRule,
  RiskCoverage,
  Score,
  SemanticDensity,
  SemanticEntropy,
  Similarity,
  Snne,
  Spectral,
  Stopping,
  StreamingScorer,
  Variants,
} from "@seed-grpo/entropy"

interface Golden {
  readonly name: string
  readonly value: number
  readonly expected: number
}

const ids = [0, 0, 0, 1, 1, 2, 3, 3]
const logprobs = [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8]
const similarity = [
  [1, 0.9, 0.1, 0.2],
  [0.9, 1, 0.2, 0.1],
  [0.1, 0.2, 1, 0.8],
  [0.2, 0.1, 0.8, 1],
]
const edges = [
  [0, 2, 0.5, 1],
  [2, 0, 1, 0.5],
  [0.5, 1, 0, 1.5],
  [1, 0.5, 1.5, 0],
]
const uncertainties = [1.2, 0.9, 0.9, 0.4, 0.3, 0.1]
const rows = [false, false, true, false, true, true].map((correct, index) => ({
  correct,
  uncertainty: uncertainties[index]!,
}))
const density = [
  { meanLogprob: Math.log(0.8), contradiction: 0.02, neutral: 0.08 },
  { meanLogprob: Math.log(0.6), contradiction: 0.1, neutral: 0.4 },
  { meanLogprob: Math.log(0.5), contradiction: 0.9, neutral: 0.08 },
]
const number = Equivalent.fromComparison((a, b) => Number(a) === Number(b))

const valueOf = (measure: ReturnType<typeof Auroc.auroc>): number =>
  measure.kind === "defined" ? measure.value : Number.NaN

const streamed = (): number => {
  const add = StreamingScorer.make(number)
  return ["1", "1.0", "2", "3"].map((answer) => add(answer).entropy).at(-1)!
}

export const goldens = (): ReadonlyArray<Golden> =>
  Object.entries({
    discrete: [SemanticEntropy.discrete(ids), 1.320888343],
    likelihoodWeighted: [SemanticEntropy.likelihoodWeighted(ids, logprobs), 1.244373171],
    semanticEntropy: [Score.semanticEntropy(["1", "1.0", "2", "3"], { equivalent: number }).entropy, 1.039720771],
    streamed: [streamed(), 1.039720771],
    invertedEquation5: [Variants.invertedEquation5(ids, logprobs), 1.53286674],
    kuhn2023: [Variants.kuhn2023(ids, logprobs), 4.877315958],
    released: [
      ReleasedRule.released({
        answers: ["3", "3", undefined],
        sumLogprobs: [-1, -2, -3],
        lengths: [1, 1, 1],
        groupSize: 4,
      }).scale,
      0.990979585,
    ],
    millerMadow: [Corrections.millerMadow([4, 2, 1, 1]), 1.400507566],
    jackknife: [Corrections.jackknife([4, 2, 1, 1]), 1.542917411],
    grassberger2003: [Corrections.grassberger2003([4, 2, 1, 1]), 1.516471054],
    chaoShen: [Coverage.chaoShen([4, 2, 1, 1]), 1.578373307],
    hybrid: [Coverage.hybrid(8)([1, 1, 1, 1, 1, 1, 1, 1]), 3.167991753],
    eigenvalueSum: [Spectral.eigenvalueSum(similarity), 1.861471862],
    eccentricity: [Spectral.eccentricity(similarity), 1.414213562],
    snne: [Snne.snne(similarity), -1.999654073],
    kernelLanguageEntropy: [KernelEntropy.kernelLanguageEntropy(edges, KernelEntropy.heatKernel(0.3)), 1.174635843],
    blockKernel: [KernelEntropy.vonNeumannEntropy(Similarity.fromClusters([0, 0, 1, 2])), 1.039720771],
    semanticDensity: [SemanticDensity.semanticDensity(density), 0.632631579],
    rougeL: [Lexical.rougeL("στην Αθήνα", "Αθήνα"), 0.666666667],
    auroc: [valueOf(Auroc.auroc(rows)), 0.833333333],
    aurac: [valueOf(RiskCoverage.accuracyRejection(rows)), 0.731944444],
    publishedAurac: [valueOf(PublishedRejection.auracWithMaximum18Of19(rows)), 0.708947368],
    // Ours, so that keyed random numbers are seen to be the same everywhere; Posterior.test.ts holds them to scipy.
    posteriorMean: [Posterior.bayesian([5, 2, 1]), 1.298224788],
    intervalLow: [Interval.bayesian([5, 2, 1]).low, 0.620653],
    majority: [Number(Stopping.majority({ errorRate: 0.05 })([9]).decided), 1],
  } satisfies Record<string, readonly [number, number]>).map(([name, [value, expected]]) => ({ name, value, expected }))
