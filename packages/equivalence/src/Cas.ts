/**
 * A computer algebra system for what the stages before it leave open. Needs the optional peer `@cortex-js/compute-engine`.
 *
 * It is asked last, and only where nothing else decided: its prover samples at random and compares with an absolute
 * tolerance, so its word does not stand against a difference that was shown.
 *
 * @since 0.1.0
 */
import { ComputeEngine } from "@cortex-js/compute-engine"
import { Effect, Layer } from "effect"
import { cluster } from "./Cluster.ts"
import { compare, type CompareOptions, type Verdict } from "./Compare.ts"
import { Equivalence } from "./Equivalence.ts"
import { extract } from "./Extract.ts"
import { gradeExtracted } from "./Grade.ts"

/** Longer texts are not for an engine whose time limit is a request. */
const MAX_LENGTH = 500

/**
 * A comparison that asks the engine where `Compare.compare` is undecided.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { compareWith } from "@seed-grpo/equivalence/Cas"
 * import { ComputeEngine } from "@cortex-js/compute-engine"
 *
 * const compare = compareWith(new ComputeEngine())
 * assert.equal(compare("\\frac{\\pi^2}{6}", "\\zeta(2)").stage, "cas")
 * assert.equal(compare("1/2", "0.5").stage, "exact")
 * ```
 *
 * @since 0.1.0
 * @category comparison
 */
export const compareWith =
  (engine: ComputeEngine, options: CompareOptions = {}) =>
  (gold: string, answer: string): Verdict => {
    const verdict = compare(gold, answer, options)
    if (verdict.outcome !== "undecided" || gold.length + answer.length > MAX_LENGTH) return verdict
    const [a, b] = [engine.parse(gold), engine.parse(answer)]
    if (!a.isValid || !b.isValid) return verdict
    return a.isSame(b) || a.isEqual(b) === true || a.isIdenticallyEqual(b) === true
      ? { outcome: "equivalent", stage: "cas", reason: "the algebra system finds them equal" }
      : verdict
  }

/**
 * `Equivalence.layerMathWith`, with the engine behind it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCasWith = (options: CompareOptions): Layer.Layer<Equivalence> =>
  Layer.sync(Equivalence)(() => {
    const same = compareWith(new ComputeEngine(), options)
    return {
      compare: (gold, answer) => Effect.sync(() => same(gold, answer)),
      grade: (golds, response, rules) => Effect.sync(() => gradeExtracted(golds, extract(response, rules), same)),
      cluster: (answers) => Effect.sync(() => cluster(answers, options, same)),
    }
  })

/**
 * @since 0.1.0
 * @category layers
 */
export const layerCas: Layer.Layer<Equivalence> = layerCasWith({})
