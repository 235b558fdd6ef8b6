/**
 * Scored questions for people: a line each, with its clusters as blocks, and what they come to.
 */
import { Escape } from "@seed-grpo/report"
import type { ScoredRow } from "./EntropyRow.ts"
import { palette } from "./Progress.ts"

const LONGEST = 40

const shortened = (text: string): string => {
  const shown = Escape.forTerminal(text.slice(0, 4 * LONGEST))
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown
}

/** What makes a number doubtful. */
const doubts = ({ contradictions, overBudget, undecided, unread }: ScoredRow): ReadonlyArray<string> => [
  ...(unread > 0 ? [`${unread} unread`] : []),
  ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ...(contradictions > 0 ? [`${contradictions} contradictory`] : []),
  ...(overBudget ? ["pairs left out"] : []),
]

/** The entropy with its interval, the sizes of the clusters as blocks, what each says, and what is doubtful. */
export const tableLines = (row: ScoredRow, number: number): ReadonlyArray<string> => {
  const { accent, dim } = palette()
  const members = Map.groupBy(
    row.clusterIds.map((id, index) => ({ id, answer: row.answersFound[index] })),
    ({ id }) => id,
  )
  const shown = [...members.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((cluster) => `${"█".repeat(Math.min(cluster.length, 16))} ${shortened(cluster[0]!.answer ?? "?")}`)
  const name = shortened(row.id ?? `row ${number}`)
  const interval =
    row.interval === undefined ? "" : ` ${dim(`[${row.interval.low.toFixed(2)}, ${row.interval.high.toFixed(2)}]`)}`
  const doubtful = doubts(row)
  const first = [
    accent(row.entropy.toFixed(3)) + interval,
    dim(name.padEnd(16)),
    shown.join(dim("  ")),
    ...(doubtful.length === 0 ? [] : [dim(`(${doubtful.join(", ")})`)]),
  ].join(" ")
  const widest = Math.max(0, ...(row.measures ?? []).map(({ name: measure }) => measure.length))
  const beside = (row.measures ?? []).map(
    ({ name: measure, value }) => `      ${measure.padEnd(widest)} ${value.toFixed(4).padStart(9)}`,
  )
  return [first, ...beside]
}

/** All rows in one sentence. */
export const summary = (rows: ReadonlyArray<ScoredRow>): string => {
  const mean = rows.reduce((sum, { entropy }) => sum + entropy, 0) / rows.length
  const agreed = rows.filter(({ clusters }) => clusters === 1).length
  const [{ equivalence, estimator, interval }] = rows as [ScoredRow]
  const percent = interval === undefined ? "" : `, ${100 * interval.level} % intervals (${interval.method})`
  return (
    `${rows.length} ${rows.length === 1 ? "question" : "questions"}, mean semantic entropy ${mean.toFixed(3)} nats ` +
    `(${estimator}, answers equal by ${equivalence}${percent}), ${agreed} with one meaning`
  )
}
