/**
 * How far off are the estimates, how honest the intervals and the rules for stopping, at few answers?
 *
 *     node benchmark/coverage.ts
 *
 * Prints the tables of docs/small-samples.md. Every number is keyed: the same on every run.
 */
import * as Rng from "@seed-grpo/core/Rng"
import { Corrections, Coverage, Interval, Posterior, Prior, SemanticEntropy, Stopping } from "@seed-grpo/entropy"
import { gamma } from "../src/internal/gamma.ts"

type Shares = ReadonlyArray<number>
type Counts = ReadonlyArray<number>

const GROUPS = 2000
const INTERVAL_GROUPS = 500
const SEQUENCES = 1000
const MOST_ANSWERS = 64
const ERROR_RATE = 0.05
const THRESHOLD = 0.8
const MEANINGS = 32
const SIZES = [4, 8, 16, 32]

const uniform = (meanings: number): Shares => Array.from({ length: meanings }, () => 1 / meanings)

const distributions: ReadonlyArray<readonly [string, Shares]> = [
  ["one meaning", [1]],
  ["uniform 2", uniform(2)],
  ["uniform 4", uniform(4)],
  ["uniform 8", uniform(8)],
  ["uniform 16", uniform(16)],
  ["uniform 32", uniform(32)],
  [".7 .1 .1 .1", [0.7, 0.1, 0.1, 0.1]],
  [".9 .1", [0.9, 0.1]],
  ["geometric ½", Array.from({ length: 60 }, (_, k) => 0.5 ** (k + 1))],
  ["geometric ⅕", Array.from({ length: 100 }, (_, k) => 0.2 * 0.8 ** k)],
]

const entropyOf = (p: Shares): number => -p.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0)

/** A function of counts that does not depend on their order, computed once for each multiset. */
const memoised = <A>(f: (counts: Counts) => A): ((counts: Counts) => A) => {
  const known = new Map<string, A>()
  return (counts) => {
    const sorted = counts.toSorted((a, b) => b - a)
    const name = sorted.join()
    const value = known.get(name) ?? f(sorted)
    known.set(name, value)
    return value
  }
}

/** Answers of one keyed sequence, as the index of a meaning. */
const answersOf = (p: Shares, stream: Rng.Key, sequence: number, length: number): ReadonlyArray<number> =>
  Array.from({ length }, (_, answer) => {
    let place = Rng.uniform(stream, [sequence, answer])
    const index = p.findIndex((share) => (place -= share) < 0)
    return index < 0 ? p.length - 1 : index
  })

const countsOf = (answers: ReadonlyArray<number>): Counts => {
  const sizes = new Map<number, number>()
  for (const answer of answers) sizes.set(answer, (sizes.get(answer) ?? 0) + 1)
  return [...sizes.values()]
}

const answersIn = (counts: Counts): number => counts.reduce((a, b) => a + b)

/** The posterior mean with a number of possible meanings by rule. */
const bayesianOf = (meanings: (n: number) => number): Corrections.Correction =>
  memoised((counts) => Posterior.bayesian(counts, Prior.flat(meanings(answersIn(counts)))))

const estimators: ReadonlyArray<readonly [string, Corrections.Correction]> = [
  ["plug-in", SemanticEntropy.fromCounts],
  ["Miller–Madow", Corrections.millerMadow],
  ["jackknife", Corrections.jackknife],
  ["Grassberger 88", Corrections.grassberger1988],
  ["Grassberger 03", Corrections.grassberger2003],
  ["Chao–Shen", Coverage.chaoShen],
  // Meanings that have nothing in common have as many spectral meanings as clusters.
  ["hybrid", (counts) => Coverage.hybrid(counts.length)(counts)],
  ["Bayes S=n", bayesianOf((n) => n)],
  ["Bayes S=2n", bayesianOf((n) => 2 * n)],
  ["Bayes S=4n", bayesianOf((n) => 4 * n)],
  ["Bayes default", bayesianOf(Prior.defaultMeanings)],
  ["Bayes S=64", bayesianOf((n) => Math.max(64, n))],
]

const intervals: ReadonlyArray<readonly [string, (counts: Counts) => Interval.Interval]> = [
  ["bayesian", memoised((counts) => Interval.bayesian(counts, { size: 1000 }))],
  ["bayesian S=2n", memoised((counts) => Interval.bayesian(counts, { size: 1000, meanings: 2 * answersIn(counts) }))],
  ["bootstrap", memoised((counts) => Interval.bootstrap(counts, { size: 1000 }))],
]

const print = (title: string, columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  console.log(`\n### ${title}\n`)
  console.log([columns, columns.map(() => "---"), ...rows].map(line).join("\n"))
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length
const fixed = (value: number, digits = 2): string => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1")
const percent = (values: ReadonlyArray<boolean>): string => fixed(100 * mean(values.map(Number)), 1)

const groupsOf = (name: string, p: Shares, n: number): ReadonlyArray<Counts> =>
  Array.from({ length: GROUPS }, (_, group) => countsOf(answersOf(p, Rng.key(n, name), group, n)))

for (const n of SIZES) {
  const squares = estimators.map(() => 0)
  const rows = distributions.map(([name, p]) => {
    const truth = entropyOf(p)
    const groups = groupsOf(name, p, n)
    const cells = estimators.map(([, estimate], index) => {
      const errors = groups.map((counts) => estimate(counts) - truth)
      const square = mean(errors.map((error) => error ** 2))
      squares[index]! += square / distributions.length
      return `${fixed(mean(errors))} / ${fixed(Math.sqrt(square))}`
    })
    return [name, fixed(truth), ...cells]
  })
  const all = squares.map((square) => fixed(Math.sqrt(square), 3))
  print(
    `Bias / RMSE in nats, n = ${n}`,
    ["truth", "H", ...estimators.map(([name]) => name)],
    [...rows, ["all (RMSE)", "", ...all]],
  )
}

for (const n of SIZES) {
  print(
    `Coverage in % / mean width in nats of 95 % intervals, n = ${n}`,
    ["truth", "H", ...intervals.map(([name]) => name)],
    distributions.map(([name, p]) => {
      const truth = entropyOf(p)
      const groups = groupsOf(name, p, n).slice(0, INTERVAL_GROUPS)
      const cells = intervals.map(([, interval]) => {
        const found = groups.map(interval)
        // Rounding of the truth must not decide whether an end that equals it holds it.
        const holds = found.map(({ high, low }) => low <= truth + 1e-9 && truth <= high + 1e-9)
        return `${percent(holds)} / ${fixed(mean(found.map(({ high, low }) => high - low)))}`
      })
      return [name, fixed(truth), ...cells]
    }),
  )
}

interface Stop {
  readonly answers: number
  readonly decided: boolean
  readonly wrong: boolean
}

/** Asks after every answer of a sequence, up to the most answers. */
const stop = (
  answers: ReadonlyArray<number>,
  judge: (counts: Counts, meanings: ReadonlyArray<number>) => "undecided" | "right" | "wrong",
): Stop => {
  const counts: Array<number> = []
  const meanings: Array<number> = []
  for (const [index, answer] of answers.entries()) {
    if (!meanings.includes(answer)) meanings.push(answer)
    const place = meanings.indexOf(answer)
    counts[place] = (counts[place] ?? 0) + 1
    const verdict = judge(counts, meanings)
    if (verdict !== "undecided") return { answers: index + 1, decided: true, wrong: verdict === "wrong" }
  }
  return { answers: answers.length, decided: false, wrong: false }
}

const summary = (stops: ReadonlyArray<Stop>): ReadonlyArray<string> => [
  percent(stops.map(({ wrong }) => wrong)),
  percent(stops.map(({ decided }) => decided)),
  fixed(mean(stops.map(({ answers }) => answers)), 1),
]

const entropyRule = memoised(Stopping.entropyAbove(THRESHOLD, { errorRate: ERROR_RATE, meanings: MEANINGS }))
const entropyStop = (p: Shares, answers: ReadonlyArray<number>): Stop => {
  const truth = entropyOf(p) > THRESHOLD ? "above" : "below"
  return stop(answers, (counts) => {
    const { verdict } = entropyRule(counts)
    return verdict === "undecided" ? verdict : verdict === truth ? "right" : "wrong"
  })
}

const majorityRule = Stopping.majority({ errorRate: ERROR_RATE })
const majorityStop = (p: Shares, answers: ReadonlyArray<number>): Stop => {
  const most = Math.max(...p)
  const unique = p.filter((share) => share === most).length === 1
  return stop(answers, (counts, meanings) => {
    const { decided, leader } = majorityRule(counts)
    return !decided ? "undecided" : unique && p[meanings[leader]!] === most ? "right" : "wrong"
  })
}

/** A distribution drawn from the prior that the entropy rule assumes. */
const fromPrior = (question: number): Shares => {
  const { concentrations } = Prior.flat(MEANINGS)
  const stream = Rng.key(0, "questions from the prior")
  const concentration = concentrations[Rng.integer(stream, concentrations.length, [question, MEANINGS])]!
  const masses = Array.from({ length: MEANINGS }, (_, k) => gamma(stream, concentration, [question, k]))
  const total = masses.reduce((a, b) => a + b)
  return masses.map((mass) => mass / total)
}

const sequences = Array.from({ length: SEQUENCES }, (_, sequence) => sequence)
const ask = (name: string, p: (sequence: number) => Shares, rule: typeof majorityStop): ReadonlyArray<string> =>
  summary(
    sequences.map((sequence) => {
      const shares = p(sequence)
      return rule(shares, answersOf(shares, Rng.key(1, name), sequence, MOST_ANSWERS))
    }),
  )

print(
  `Stopping at error rate ${ERROR_RATE}, at most ${MOST_ANSWERS} answers: wrong % / decided % / mean answers`,
  ["truth", "H", `entropy above ${THRESHOLD}?`, "which meaning leads?"],
  [
    [
      "drawn from the prior",
      "",
      ask("prior", fromPrior, entropyStop).join(" / "),
      ask("prior", fromPrior, majorityStop).join(" / "),
    ],
    ...distributions.map(([name, p]) => [
      name,
      fixed(entropyOf(p)),
      ask(name, () => p, entropyStop).join(" / "),
      ask(name, () => p, majorityStop).join(" / "),
    ]),
  ],
)
