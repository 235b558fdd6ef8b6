/**
 * Groups answers by meaning.
 *
 * @since 0.1.0
 */
import * as Clusters from "@seed-grpo/core/Clusters"
import type { Equivalent } from "@seed-grpo/core/Equivalent"
import { answerKey } from "./AnswerKey.ts"
import { DEFAULT_OPTIONS } from "./internal/compare/decision.ts"
import { compare, type CompareOptions, type Verdict } from "./Compare.ts"

const SHORT_DECIMAL = /^-?\d*\.(\d*)$/

/** Does the key of a number say all? A decimal of enough places may round another number, and a tolerance joins any two. */
const saysAll = (
  answer: string,
  { decimalPlaces = DEFAULT_OPTIONS.decimalPlaces, tolerance }: CompareOptions,
): boolean =>
  !tolerance && (!/[.,]\d/.test(answer) || (SHORT_DECIMAL.exec(answer)?.[1]?.length ?? Infinity) < decimalPlaces)

/**
 * The mathematics of answers as a notion of meaning, for whoever clusters by meaning: `semanticEntropy` and `Judge.layerOf`
 * of `@seed-grpo/entropy` among them. The keys of numbers are final; everything else is compared.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Clusters } from "@seed-grpo/core"
 * import { Cluster } from "@seed-grpo/equivalence"
 *
 * const { clusterIds } = Clusters.cluster(["1/2", "0.5", "\\sin 2x", "2\\sin x\\cos x"], Cluster.math())
 * assert.deepEqual(clusterIds, [0, 0, 1, 1])
 * ```
 *
 * @since 0.1.0
 * @category equivalences
 */
export const math = (
  options: CompareOptions = {},
  same: (gold: string, answer: string) => Verdict = (gold, answer) => compare(gold, answer, options),
): Equivalent => ({
  name: "math",
  key: (answer) => {
    const { key, kind } = answerKey(answer)
    return { key, final: kind === "number" && saysAll(answer, options) }
  },
  compare: (gold, answer) => same(gold, answer).outcome,
})

/**
 * Cluster id of each answer, `[n]`, numbered from 0 in order of first appearance; nothing where there is no answer.
 *
 * Answers with one key are one cluster, which costs one reading an answer. Keys that differ are compared pair by pair, both
 * ways round, and those found equivalent are joined; so the clusters are the same in whatever order the answers come.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Cluster } from "@seed-grpo/equivalence"
 *
 * assert.deepEqual(Cluster.cluster(["1/2", "x", "0.5", undefined, "x = \\frac12"]), [0, 1, 0, undefined, 0])
 * ```
 *
 * @since 0.1.0
 * @category clustering
 */
export const cluster = (
  answers: ReadonlyArray<string | undefined>,
  options?: CompareOptions,
  same?: (gold: string, answer: string) => Verdict,
): ReadonlyArray<number | undefined> => Clusters.cluster(answers, math(options, same)).clusterIds
