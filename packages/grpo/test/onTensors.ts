/** Loss and gradient of an objective on tensors, in float32, as plain numbers. */
import { Aggregation, Constants, Loss, type Objective, type ObjectiveRow } from "@seed-grpo/grpo"
import * as tf from "@tensorflow/tfjs-core"

const rectangle = (rows: ReadonlyArray<ArrayLike<number>>, columns: number) =>
  tf.tensor2d(rows.map((row) => Array.from({ length: columns }, (_, t) => (t < row.length ? row[t]! : NaN))))

/** With `padding` columns behind the longest row, filled with numbers that nobody may look at. */
export const onTensors = (
  objective: Objective.Objective,
  rows: ReadonlyArray<ObjectiveRow.ScoredRow>,
  totals: Aggregation.Totals = Aggregation.totals(objective, rows),
  padding = 0,
) => {
  const columns = padding + rows.reduce((longest, { logprobs }) => Math.max(longest, logprobs.length), 0)
  return tf.tidy(() => {
    const constants = Constants.ofRows(objective, rows, totals, { rows: rows.length, columns })
    const given = rectangle(
      rows.map(({ logprobs }) => logprobs),
      columns,
    )
    const entropies = rectangle(
      rows.map(({ entropies = [] }) => entropies),
      columns,
    )
    // tf.grads refuses to differentiate by what the loss does not depend on.
    const by = objective.entropyBonus === 0 ? [given] : [given, entropies]
    const { grads, value } = tf.valueAndGrads((logprobs: tf.Tensor, seen: tf.Tensor = entropies) =>
      Loss.ofTensors(objective, { logprobs, entropies: seen }, constants),
    )(by)
    return {
      loss: value.dataSync()[0]!,
      byLogprob: grads[0]!.arraySync() as Array<Array<number>>,
      byEntropy: (grads[1] ?? tf.zerosLike(entropies)).arraySync() as Array<Array<number>>,
    }
  })
}
