/**
 * Grading and clustering of responses as a service, so that another notion of "the same" is another layer.
 *
 * @since 0.1.0
 */
import { Context, Effect, Layer } from "effect"
import { Clustering } from "@seed-grpo/core"
import { cluster } from "./Cluster.ts"
import { compare, type CompareOptions, type Verdict } from "./Compare.ts"
import { extract, type ExtractionRule } from "./Extract.ts"
import { type Grade, grade, gradeExtracted } from "./Grade.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface EquivalenceShape {
  /** Does an answer mean the same as a reference? */
  readonly compare: (gold: string, answer: string) => Effect.Effect<Verdict>
  /** Is a response right? With `rules`, only answers found in these ways count. */
  readonly grade: (
    golds: ReadonlyArray<string>,
    response: string,
    rules?: ReadonlyArray<ExtractionRule>,
  ) => Effect.Effect<Grade>
  /** Cluster id of each answer, `[n]`, numbered from 0 in order of first appearance; nothing where there is no answer. */
  readonly cluster: (answers: ReadonlyArray<string | undefined>) => Effect.Effect<ReadonlyArray<number | undefined>>
}

/**
 * @since 0.1.0
 * @category services
 */
export class Equivalence extends Context.Service<Equivalence, EquivalenceShape>()(
  "@seed-grpo/equivalence/Equivalence",
) {}

/**
 * Answers mean the same when their mathematics is the same, as strictly as the options say.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMathWith = (options: CompareOptions): Layer.Layer<Equivalence> =>
  Layer.succeed(Equivalence)({
    compare: (gold, answer) => Effect.sync(() => compare(gold, answer, options)),
    grade: (golds, response, rules) => Effect.sync(() => grade(golds, response, rules, options)),
    cluster: (answers) => Effect.sync(() => cluster(answers, options)),
  })

/**
 * Answers mean the same when their mathematics is the same: `3/4`, `0.75`, `\frac{3}{4}`, `6/8` and `75\%` are one cluster,
 * and so are `\sin 2x` and `2\sin x\cos x`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMath: Layer.Layer<Equivalence> = layerMathWith({})

const sameText = (gold: string, answer: string): Verdict =>
  gold === answer
    ? { outcome: "equivalent", stage: "text", reason: "the same text" }
    : { outcome: "different", stage: "text", reason: "another text" }

/**
 * Answers are the same when their texts are: the rule of the released SEED-GRPO code. `1/2` and `0.5` are two clusters,
 * and a response is right only in the reference's own spelling.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerExact: Layer.Layer<Equivalence> = Layer.succeed(Equivalence)({
  compare: (gold, answer) => Effect.sync(() => sameText(gold, answer)),
  grade: (golds, response, rules) => Effect.sync(() => gradeExtracted(golds, extract(response, rules), sameText)),
  cluster: (answers) =>
    Effect.sync(() => {
      const ids = Clustering.byKey(answers.filter((answer) => answer !== undefined))
      let next = 0
      return answers.map((answer) => (answer === undefined ? undefined : ids[next++]))
    }),
})
