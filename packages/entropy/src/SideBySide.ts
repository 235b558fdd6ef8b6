/**
 * Every measure of one group, by name: at least six different numbers go by the name of semantic entropy, and here one
 * can see them on the same answers.
 *
 * @since 0.1.0
 */
import { sizes } from "@seed-grpo/core/Clustering"
import { ESTIMATORS } from "./Estimators.ts"
import { heatKernel, kernelLanguageEntropy, maternKernel } from "./KernelEntropy.ts"
import { jaccard, lexicalSimilarity, rougeL } from "./Lexical.ts"
import { pairwise } from "./Similarity.ts"
import { snne } from "./Snne.ts"
import { degree, eccentricity, eigenvalueSum } from "./Spectral.ts"
import { apply } from "./Unreadable.ts"
import { halfNormalized, logMeanLikelihood, overcounted, rawEquation5 } from "./Variants.ts"

/**
 * One number.
 *
 * @since 0.1.0
 * @category models
 */
export interface NamedMeasure {
  readonly name: string
  readonly value: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface MeasuredGroup {
  /** Cluster of each answer, `[n]`; responses that could not be read count as clusters of their own. */
  readonly clusterIds: ReadonlyArray<number | undefined>
  /** Texts for the measures of words, `[n]`. */
  readonly texts?: ReadonlyArray<string>
  /** Mean token log-probability of each answer, `[n]`, in nats. */
  readonly meanLogprobs?: ReadonlyArray<number>
}

/** Measures of all pairs are left out of larger groups: they take `n²` comparisons and `n³` steps. */
const MOST_FOR_PAIRS = 64

/** Characters of all texts together; beyond it, words are not compared. */
const LONGEST_TEXTS = 200_000

const ofWords = (texts: ReadonlyArray<string>): ReadonlyArray<NamedMeasure> => {
  const similarity = pairwise(texts, rougeL)
  return [
    { name: "lexical similarity (ROUGE-L)", value: lexicalSimilarity(texts, rougeL) },
    { name: "lexical similarity (Jaccard)", value: lexicalSimilarity(texts, jaccard) },
    { name: "eigenvalue sum (ROUGE-L)", value: eigenvalueSum(similarity) },
    { name: "degree (ROUGE-L)", value: degree(similarity) },
    { name: "eccentricity (ROUGE-L)", value: eccentricity(similarity) },
    { name: "kernel language entropy (heat 0.3, ROUGE-L)", value: kernelLanguageEntropy(similarity, heatKernel(0.3)) },
    {
      name: "kernel language entropy (Matérn 1 1, ROUGE-L)",
      value: kernelLanguageEntropy(similarity, maternKernel(1, 1)),
    },
    { name: "SNNE (ROUGE-L)", value: snne(similarity) },
  ]
}

const ofLikelihoods = (
  clusterIds: ReadonlyArray<number>,
  meanLogprobs: ReadonlyArray<number>,
): ReadonlyArray<NamedMeasure> =>
  Object.entries({
    "raw equation 5": rawEquation5,
    overcounted,
    "half normalised": halfNormalized,
    "log mean likelihood": logMeanLikelihood,
  }).map(([name, measure]) => ({ name, value: measure(clusterIds, meanLogprobs) }))

/**
 * All measures that the given data allow, in nats where they are entropies. Measures of words are left out above 64
 * answers or 200,000 characters.
 *
 * @throws EntropyError for an empty group, and log-probabilities that do not fit.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { SideBySide } from "@seed-grpo/entropy"
 *
 * const measures = SideBySide.sideBySide({ clusterIds: [0, 0, 1, 2], texts: ["4", "4", "5", "6"] })
 * const valueOf = (name: string) => measures.find((measure) => measure.name === name)?.value.toFixed(3)
 * assert.equal(valueOf("discrete"), "1.040")
 * assert.equal(valueOf("semantic sets"), "3.000")
 * assert.equal(valueOf("lexical similarity (ROUGE-L)"), "-0.167")
 * assert.equal(valueOf("likelihood-weighted"), undefined) // needs log-probabilities
 * ```
 *
 * @since 0.1.0
 * @category measures
 */
export const sideBySide = ({ clusterIds, meanLogprobs, texts }: MeasuredGroup): ReadonlyArray<NamedMeasure> => {
  const ids = apply(clusterIds, "own-cluster") as ReadonlyArray<number>
  const counts = sizes(ids)
  const needLikelihoods = new Set(["likelihood-weighted", "kuhn-2023", "monte-carlo", "inverted-equation-5"])
  const estimators = Object.values(ESTIMATORS).filter(
    ({ name }) => meanLogprobs !== undefined || !needLikelihoods.has(name),
  )
  const words =
    texts !== undefined &&
    texts.length <= MOST_FOR_PAIRS &&
    texts.reduce((sum, text) => sum + text.length, 0) <= LONGEST_TEXTS
  return [
    ...estimators.map(({ estimate, name }) => ({ name, value: estimate(ids, meanLogprobs) })),
    ...(meanLogprobs === undefined ? [] : ofLikelihoods(ids, meanLogprobs)),
    { name: "semantic sets", value: counts.length },
    { name: "1 − largest cluster", value: 1 - counts.reduce((most, count) => Math.max(most, count), 0) / ids.length },
    ...(words ? ofWords(texts) : []),
  ]
}
