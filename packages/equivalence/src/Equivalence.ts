/**
 * Grading and clustering of responses as a service, so that another notion of "the same" is another layer.
 *
 * @since 0.1.0
 */
import { Clustering } from "@seed-grpo/core"
import { Context, Effect, Layer } from "effect"
import { answerKey } from "./AnswerKey.ts"
import { extract, type ExtractionRule } from "./Extract.ts"
import { type Grade, grade } from "./Grade.ts"

/**
 * @since 0.1.0
 * @category services
 */
export class Equivalence extends Context.Service<
  Equivalence,
  {
    /** Is a response right? With `rules`, only answers found in these ways count. */
    readonly grade: (
      golds: ReadonlyArray<string>,
      response: string,
      rules?: ReadonlyArray<ExtractionRule>,
    ) => Effect.Effect<Grade>
    /**
     * Cluster id of each answer, `[n]`, numbered from 0 in order of first appearance; nothing where there is no answer.
     */
    readonly cluster: (answers: ReadonlyArray<string | undefined>) => Effect.Effect<ReadonlyArray<number | undefined>>
  }
>()("@seed-grpo/equivalence/Equivalence") {}

const clusterBy =
  (keyOf: (answer: string) => string) =>
  (answers: ReadonlyArray<string | undefined>): ReadonlyArray<number | undefined> => {
    const keys = answers.map((answer) => (answer === undefined ? undefined : keyOf(answer)))
    const ids = Clustering.byKey(keys.filter((key) => key !== undefined))
    let next = 0
    return keys.map((key) => (key === undefined ? undefined : ids[next++]))
  }

/**
 * Answers mean the same when their values are the same: `3/4`, `0.75`, `\frac{3}{4}`, `6/8` and `75\%` are one cluster.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMath: Layer.Layer<Equivalence> = Layer.succeed(Equivalence)({
  grade: (golds, response, rules) => Effect.sync(() => grade(golds, response, rules)),
  cluster: (answers) => Effect.sync(() => clusterBy((answer) => answerKey(answer).key)(answers)),
})

/**
 * Answers are the same when their texts are: the rule of the released SEED-GRPO code. `1/2` and `0.5` are two clusters,
 * and a response is right only in the reference's own spelling.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerExact: Layer.Layer<Equivalence> = Layer.succeed(Equivalence)({
  grade: (golds, response, rules) =>
    Effect.sync((): Grade => {
      const extracted = extract(response, rules)
      const correct = extracted !== undefined && golds.includes(extracted.answer)
      return {
        correct,
        extracted,
        verdict: correct
          ? { outcome: "equivalent", stage: "identical", reason: "the same text" }
          : { outcome: "different", stage: "identical", reason: "another text" },
      }
    }),
  cluster: (answers) => Effect.sync(() => clusterBy((answer) => answer)(answers)),
})
