/**
 * How often verdicts agree with the labels of a corpus, and how fast they are:
 *
 *     node benchmark/accuracy.ts CORPUS.jsonl [--peer PYTHON]
 *
 * With `--peer`, an interpreter that has Math-Verify, that library decides the same rows in the same run. Two passes
 * must agree, and so must swapped arguments but for the documented one-way rule; the exit status says whether they did.
 */
import { parseArgs } from "node:util"
import { gradeRow, isOneWay, readCorpus, type Row } from "./corpus.ts"
import { askPython } from "./peer.ts"
import { cut, formatTiming, percent, timed, timing } from "./statistics.ts"

const { positionals, values: flags } = parseArgs({ allowPositionals: true, options: { peer: { type: "string" } } })
const [file] = positionals
if (file === undefined) throw new Error("usage: node benchmark/accuracy.ts CORPUS.jsonl [--peer PYTHON]")
const rows = readCorpus(file)

interface Result {
  readonly equal: boolean
  readonly milliseconds: number
}

/** Right, and the two ways of being wrong. */
const count = (results: ReadonlyArray<Result>, keep: (row: Row) => boolean = () => true) => {
  const total = { rows: 0, right: 0, falseEqual: 0, falseDifferent: 0 }
  for (const [index, { equal }] of results.entries()) {
    const row = rows[index]!
    if (!keep(row)) continue
    total.rows += 1
    total[equal === row.expected ? "right" : equal ? "falseEqual" : "falseDifferent"] += 1
  }
  return total
}
type Count = ReturnType<typeof count>

const describe = ({ falseDifferent, falseEqual, right, rows }: Count) =>
  `${percent(right, rows)} (${falseEqual} false equal, ${falseDifferent} false different)`

const times = (results: ReadonlyArray<Result>, keep: (row: Row) => boolean = () => true) =>
  timing(results.filter((_, index) => keep(rows[index]!)).map(({ milliseconds }) => milliseconds))

const decide = () =>
  rows.map((row) => {
    const [verdict, milliseconds] = timed(() => gradeRow(row))
    return { verdict, milliseconds, equal: verdict.outcome === "equivalent" }
  })
const ours = decide()
const again = decide()
const peer =
  flags.peer === undefined ? undefined : (askPython(flags.peer, "peer_math_verify.py", rows) as ReadonlyArray<Result>)

console.log("kind                     rows  ours" + (peer === undefined ? "" : "    Math-Verify"))
for (const kind of [...new Set(rows.map((row) => row.kind))].toSorted()) {
  const one = (results: ReadonlyArray<Result>) => {
    const { falseDifferent, falseEqual, right, rows } = count(results, (row) => row.kind === kind)
    return `${percent(right, rows).padStart(8)} (${falseEqual}/${falseDifferent})`.padEnd(18)
  }
  const rowsOfKind = rows.filter((row) => row.kind === kind).length
  console.log(
    `${kind.padEnd(24)} ${`${rowsOfKind}`.padStart(4)} ${one(ours)}${peer === undefined ? "" : one(peer)}`.trimEnd(),
  )
}

for (const [index, { equal, verdict }] of ours.entries()) {
  const { answer, expected, gold, id } = rows[index]!
  if (equal !== expected)
    console.log(`wrong: ${id}: ${cut(gold)} and ${cut(answer)}: ${verdict.outcome}, ${verdict.reason}`)
}

const isOrdinary = ({ kind }: Row) => kind !== "adversarial"
console.log(`\nours:  ${describe(count(ours))}`)
console.log(`       first pass ${formatTiming(times(ours))}`)
console.log(`       second pass ${formatTiming(times(again))}`)
console.log(`       first pass without the adversarial rows ${formatTiming(times(ours, isOrdinary))}`)
const slowest = ours
  .map(({ milliseconds, verdict }, index) => ({
    row: rows[index]!,
    milliseconds,
    second: again[index]!.milliseconds,
    verdict,
  }))
  .toSorted((a, b) => b.second - a.second)
  .slice(0, 5)
for (const { milliseconds, row, second, verdict } of slowest) {
  console.log(`       slowest: ${milliseconds.toFixed(1)}, then ${second.toFixed(1)} ms: ${row.id}, ${verdict.outcome}`)
}
if (peer !== undefined) {
  console.log(`Math-Verify: ${describe(count(peer))}`)
  console.log(`       ${formatTiming(times(peer))}`)
  console.log(`       without the adversarial rows ${formatTiming(times(peer, isOrdinary))}`)
  const ratio = (keep?: (row: Row) => boolean) => {
    const [a, b] = [times(ours, keep), times(peer, keep)]
    return `throughput × ${(a.perSecond / b.perSecond).toFixed(0)}, median × ${(b.median / a.median).toFixed(0)}`
  }
  console.log(`ratio, first passes: ${ratio()}; without the adversarial rows ${ratio(isOrdinary)}`)
  const only = (right: ReadonlyArray<Result>, wrong: ReadonlyArray<Result>) =>
    rows.filter(({ expected }, index) => right[index]!.equal === expected && wrong[index]!.equal !== expected).length
  console.log(`rows that only ours has right: ${only(ours, peer)}; only Math-Verify: ${only(peer, ours)}`)
}

const changed = rows.filter(
  (_, index) => JSON.stringify(ours[index]!.verdict) !== JSON.stringify(again[index]!.verdict),
)
console.log(`\nverdicts that changed in a second pass: ${changed.length}`)
for (const { id } of changed) console.log(`  ${id}`)

const bare = rows.filter(({ extract }) => extract === null)
const asymmetric = bare.filter((row) => {
  const [there, back] = [[row.gold, row.answer] as const, [row.answer, row.gold] as const]
  const outcome = ([a, b]: readonly [string, string]) => gradeRow({ ...row, extract: null, gold: a, answer: b }).outcome
  return outcome(there) !== outcome(back)
})
const surprising = asymmetric.filter(({ answer, gold }) => !isOneWay(gold, answer))
console.log(
  `verdicts that change when the arguments are swapped: ${asymmetric.length} of ${bare.length}, ` +
    `of which ${asymmetric.length - surprising.length} by the one-way rule for inequalities`,
)
for (const { answer, gold, id } of surprising) console.log(`  ${id}: ${cut(gold)} and ${cut(answer)}`)
process.exitCode = changed.length + surprising.length === 0 ? 0 : 1
