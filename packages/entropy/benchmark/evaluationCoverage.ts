/**
 * How often do 95 % intervals hold the true value?
 *
 *     node benchmark/evaluationCoverage.ts [--data-sets 1000] [--resamples 400]
 *
 * Data sets are drawn from three worlds whose true values are known from 200,000 rows: normal scores without ties; and
 * semantic entropies of 8 answers to questions of random difficulty, where the majority is right or wrong. Beside the
 * package's AUROC intervals stand the two that it does not use: DeLong's without the logit, and the percentile bootstrap.
 */
import { parseArgs } from "node:util"
import { integer, key, normal, uniform } from "@seed-grpo/core/Rng"
import { auroc, newcombe } from "../src/Auroc.ts"
import { intervals } from "../src/Bootstrap.ts"
import * as Delong from "../src/Delong.ts"
import type { Interval, Measure, Undefined } from "../src/Measure.ts"
import type { Outcome } from "../src/Outcome.ts"
import { accuracyRejection, predictionRejectionRatio } from "../src/RiskCoverage.ts"
import { fromCounts } from "../src/SemanticEntropy.ts"

const { values: flags } = parseArgs({
  options: { "data-sets": { type: "string", default: "1000" }, resamples: { type: "string", default: "400" } },
})
const dataSets = Number(flags["data-sets"])
const resamples = Number(flags.resamples)

interface Row extends Outcome {
  /** A second score of the same question, for comparisons. */
  readonly other: number
}

type World = (set: number, row: number) => Row

const stream = key(0, "coverage")

/** Wrong answers have a score that is higher by `shift` on average, and half that for the other score. */
const normalWorld =
  (shift: number, shareWrong: number): World =>
  (set, row) => {
    const correct = uniform(stream, [set, row, 0]) >= shareWrong
    const [shared, a, b] = [1, 2, 3].map((draw) => normal(stream, [set, row, draw])) as [number, number, number]
    const score = (own: number, by: number) => (shared + own) / Math.SQRT2 + (correct ? 0 : by)
    return { correct, uncertainty: score(a, shift), other: score(b, shift / 2) }
  }

const ANSWERS = 8
const WRONG_ANSWERS = [0.4, 0.6, 0.7, 0.8, 0.9, 0.95]

/** Each answer is right with the question's own probability `u^power`; wrong ones scatter over seven meanings. */
const entropyWorld =
  (power: number): World =>
  (set, row) => {
    const rate = uniform(stream, [set, row, 0]) ** power
    const counts = Array.from({ length: WRONG_ANSWERS.length + 2 }, () => 0)
    for (let answer = 0; answer < ANSWERS; answer++) {
      const right = uniform(stream, [set, row, 1, answer]) < rate
      const which = uniform(stream, [set, row, 2, answer])
      counts[right ? 0 : 1 + WRONG_ANSWERS.filter((share) => which >= share).length]! += 1
    }
    const most = Math.max(...counts)
    return {
      correct: counts[0] === most,
      uncertainty: fromCounts(counts.filter((count) => count > 0)),
      other: 1 - most / ANSWERS,
    }
  }

const rowsOf = (world: World, set: number, n: number) => Array.from({ length: n }, (_, row) => world(set, row))
const others = (rows: ReadonlyArray<Row>) => rows.map(({ correct, other }) => ({ correct, uncertainty: other }))

const symmetric = (rows: ReadonlyArray<Outcome>): Interval | Undefined => {
  const [area, spread] = [auroc(rows), Delong.variance(rows)]
  if (area.kind === "undefined") return area
  if (spread.kind === "undefined") return spread
  const half = 1.959963984540054 * Math.sqrt(spread.value)
  return { kind: "defined", low: area.value - half, high: area.value + half, level: 0.95, method: "delong" }
}

const bootstrapped = { auroc, accuracyRejection, predictionRejectionRatio }

/** The package's choice first. */
const intervalsOf = (rows: ReadonlyArray<Row>): Record<string, Interval | Undefined> => {
  const logit = Delong.interval(rows)
  const drawn = intervals(rows, bootstrapped, { resamples })
  const difference = Delong.difference(rows, others(rows))
  return {
    "AUROC, as evaluate": logit.kind === "defined" ? logit : newcombe(rows),
    "AUROC, Newcombe": newcombe(rows),
    "AUROC, DeLong symmetric": symmetric(rows),
    "AUROC, bootstrap": drawn.auroc,
    "AUROC difference": difference.kind === "defined" ? difference.interval : difference,
    "AURAC, bootstrap": drawn.accuracyRejection,
    "PRR, bootstrap": drawn.predictionRejectionRatio,
  }
}

const valueOf = (measure: Measure): number => (measure.kind === "defined" ? measure.value : Number.NaN)

const TRUTH_SET = 0xffffffff
const TRUTH_ROWS = 200_000

const study = (name: string, world: World, n: number): void => {
  const all = rowsOf(world, TRUTH_SET, TRUTH_ROWS)
  const area = valueOf(auroc(all))
  const truth: Record<string, number> = {
    "AUROC difference": area - valueOf(auroc(others(all))),
    "AURAC, bootstrap": valueOf(accuracyRejection(all)),
    "PRR, bootstrap": valueOf(predictionRejectionRatio(all)),
  }
  const wrong = all.filter(({ correct }) => !correct).length / TRUTH_ROWS
  console.log(`\n${name}, ${n} rows, ${(100 * wrong).toFixed(0)} % wrong, true AUROC ${area.toFixed(3)}`)
  const counts = new Map<string, { held: number; none: number; width: number }>()
  const first = integer(stream, 2 ** 31, [n, 0, 0, 1])
  for (let set = 0; set < dataSets; set++) {
    for (const [method, interval] of Object.entries(intervalsOf(rowsOf(world, first + set, n)))) {
      const count = counts.get(method) ?? { held: 0, none: 0, width: 0 }
      counts.set(method, count)
      if (interval.kind === "undefined") {
        count.none++
        continue
      }
      const value = truth[method] ?? area
      if (interval.low <= value && value <= interval.high) count.held++
      count.width += interval.high - interval.low
    }
  }
  for (const [method, { held, none, width }] of counts) {
    const used = dataSets - none
    console.log(
      `  ${method.padEnd(24)} holds it in ${((100 * held) / used).toFixed(1).padStart(5)} %, ` +
        `mean width ${(width / used).toFixed(3)}${none === 0 ? "" : `, undefined in ${none}`}`,
    )
  }
}

for (const n of [50, 200]) {
  study("normal scores", normalWorld(1.19, 0.3), n)
  study("normal scores, few wrong", normalWorld(1.19, 0.1), n)
  study("entropies of 8 answers", entropyWorld(1), n)
  study("entropies of 8 answers, easy", entropyWorld(0.4), n)
}
