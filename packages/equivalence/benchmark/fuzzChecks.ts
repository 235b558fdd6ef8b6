/**
 * What must hold for any input whatsoever.
 */
import { answerKey } from "../src/AnswerKey.ts"
import { cluster } from "../src/Cluster.ts"
import { compare, type Verdict } from "../src/Compare.ts"
import { extract, extractFor } from "../src/Extract.ts"
import type { Input } from "./fuzzInputs.ts"
import { isOneWay } from "./row.ts"

/** Milliseconds that a call may take. */
export const LIMIT = 50

/** Keys that are remembered, to compare answers that came far apart. */
const MAX_KEYS = 100_000

export interface Report {
  /** A call begins: without one for long, the one before hangs. */
  readonly begins: () => void
  readonly violation: (kind: string, detail: string) => void
  readonly call: (name: string, milliseconds: number, detail: string) => void
}

/** Checks inputs one after the other. */
export const checker = (report: Report) => {
  const answerOfKey = new Map<string, string>()

  /** Calls, and measures. Only what is slow three times is slow: the machine has other work. */
  const call = <A>(name: string, detail: () => string, run: () => A): A | undefined => {
    let best = Number.POSITIVE_INFINITY
    let value: A | undefined
    for (let tries = 0; tries < 3 && best > LIMIT; tries++) {
      report.begins()
      const started = performance.now()
      try {
        value = run()
      } catch (error) {
        const { message, name: type } = error as Error
        report.violation(`${name} throws ${type}`, `${message}: ${detail()}`)
        return undefined
      }
      best = Math.min(best, performance.now() - started)
    }
    report.call(name, best, detail())
    if (best > LIMIT) report.violation(`${name} is slow`, `${best.toFixed(0)} ms: ${detail()}`)
    return value
  }

  const both = (a: string, b: string) => () => `${a}  ~~~  ${b}`
  const compared = (a: string, b: string): Verdict | undefined => call("compare", both(a, b), () => compare(a, b))
  const keyed = (a: string) =>
    call(
      "answerKey",
      () => a,
      () => answerKey(a),
    )
  const tell = (verdict: Verdict) => `${verdict.outcome} (${verdict.stage}: ${verdict.reason.slice(0, 150)})`

  const partition = (answers: ReadonlyArray<string>): string | undefined => {
    const ids = call(
      "cluster",
      () => answers.join("  ~~~  "),
      () => cluster(answers),
    )
    if (ids === undefined) return undefined
    const groups = [...new Set(ids)].map((id) =>
      [...new Set(answers.filter((_, index) => ids[index] === id))].toSorted(),
    )
    return JSON.stringify(groups.toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1)))
  }

  return ({ answer, origin, other, same, solution }: Input): void => {
    const there = compared(answer, other)
    const back = compared(other, answer)
    if (there === undefined || back === undefined) return
    if (there.outcome !== back.outcome && !isOneWay(answer, other)) {
      report.violation("not symmetric", `${tell(there)}, swapped ${tell(back)}: ${both(answer, other)()}`)
    }
    if (JSON.stringify(compare(answer, other)) !== JSON.stringify(there))
      report.violation("not repeatable", both(answer, other)())

    const self = compared(answer, answer)
    if (self !== undefined && self.outcome !== "equivalent" && self.reason !== "an answer is empty") {
      report.violation("not reflexive", `${tell(self)}: ${answer}`)
    }
    if (same && there.outcome !== "equivalent") {
      report.violation(`the same in another hand is ${there.outcome}`, `${tell(there)}: ${both(answer, other)()}`)
    }
    if (origin === "grammar") {
      for (const dressed of [`$${answer}$`, `\\boxed{${answer}}`]) {
        const verdict = compared(answer, dressed)
        if (verdict?.outcome !== "equivalent")
          report.violation(
            `${verdict?.outcome} when dressed`,
            `${verdict === undefined ? "" : tell(verdict)}: ${dressed}`,
          )
      }
    }

    const [key, otherKey] = [keyed(answer), keyed(other)]
    if (
      key !== undefined &&
      key.key === otherKey?.key &&
      there.outcome !== "equivalent" &&
      there.reason !== "an answer is empty"
    ) {
      report.violation(
        `keys equal, answers ${there.outcome}`,
        `key ${key.key.slice(0, 80)}, ${tell(there)}: ${both(answer, other)()}`,
      )
    }
    if (key !== undefined) {
      const earlier = answerOfKey.get(key.key)
      if (earlier === undefined && answerOfKey.size < MAX_KEYS && answer.length < 1000) answerOfKey.set(key.key, answer)
      if (earlier !== undefined && earlier !== answer) {
        const verdict = compared(earlier, answer)
        if (verdict !== undefined && verdict.outcome !== "equivalent" && verdict.reason !== "an answer is empty") {
          report.violation(
            `keys equal, answers ${verdict.outcome}`,
            `key ${key.key.slice(0, 80)}, ${tell(verdict)}: ${both(earlier, answer)()}`,
          )
        }
      }
    }

    const group = [answer, other, solution.slice(0, 300), answer]
    const [one, two] = [partition(group), partition(group.toReversed())]
    if (one !== two) report.violation("clusters depend on the order", `${one} and ${two}`)

    const found = call(
      "extract",
      () => solution,
      () => extract(solution),
    )
    const targets = (["latex", "expr", "string"] as const).map((target) =>
      call(
        `extractFor`,
        () => solution,
        () => extractFor(solution, target),
      ),
    )
    for (const one of [found, ...targets]) {
      if (one !== undefined && !(one.start >= 0 && one.start <= one.end && one.end <= solution.length)) {
        report.violation("a place outside the text", `${one.start}–${one.end}: ${solution}`)
      }
    }
  }
}
