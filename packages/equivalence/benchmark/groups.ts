/**
 * Real solutions, several to a problem: how fast they are extracted, graded and clustered, and where another grader's
 * verdicts differ:
 *
 *     node benchmark/groups.ts GROUPS.jsonl [--passes 20]
 *
 * A line is `{id, answer, responses[], qwen_correct[]}`. A pass handles every group as a training step does: extract
 * each answer, grade it, cluster the group.
 */
import { parseArgs } from "node:util"
import { cluster } from "../src/Cluster.ts"
import { extract } from "../src/Extract.ts"
import { gradeExtracted } from "../src/Grade.ts"
import { readLines } from "./corpus.ts"
import { cut, formatTiming, timed, timing } from "./statistics.ts"

interface Group {
  readonly id: string
  readonly answer: string
  readonly responses: ReadonlyArray<string>
  readonly qwen_correct: ReadonlyArray<boolean>
}

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: { passes: { type: "string", default: "20" } },
})
const [file] = positionals
if (file === undefined) throw new Error("usage: node benchmark/groups.ts GROUPS.jsonl [--passes N]")
const groups = readLines(file) as ReadonlyArray<Group>

const pass = () =>
  groups.map(({ answer, responses }) => {
    const [extracted, extraction] = timed(() => responses.map((response) => extract(response)))
    const [grades, grading] = timed(() => extracted.map((found) => gradeExtracted([answer], found)))
    const [clusters, clustering] = timed(() => cluster(extracted.map((found) => found?.answer)))
    return { grades, clusters, extraction, grading, clustering }
  })
type Pass = ReturnType<typeof pass>

const solutions = groups.reduce((sum, { responses }) => sum + responses.length, 0)
const characters = groups.reduce((sum, { responses }) => sum + responses.join("").length, 0)
console.log(
  `${groups.length} groups, ${solutions} solutions of ${(characters / solutions).toFixed(0)} characters on average`,
)

const show = (name: string, passes: ReadonlyArray<Pass>) => {
  const all = passes.flat()
  const milliseconds = (of: (group: Pass[number]) => number) => all.reduce((sum, group) => sum + of(group), 0)
  const [a, b, c] = [
    milliseconds(({ extraction }) => extraction),
    milliseconds(({ grading }) => grading),
    milliseconds(({ clustering }) => clustering),
  ]
  const rate = (total: number) => `${((1000 * solutions * passes.length) / total).toFixed(0)} solutions a second`
  console.log(`${name}: ${rate(a + b + c)}; extraction alone ${rate(a)}, grading ${rate(b)}, clustering ${rate(c)}`)
  console.log(`  groups: ${formatTiming(timing(all.map((one) => one.extraction + one.grading + one.clustering)))}`)
}
const first = pass()
show("first pass", [first])
const more = Array.from({ length: Number(flags.passes) }, pass)
show(`${more.length} more passes`, more)

const verdicts = (one: Pass) => JSON.stringify(one.map(({ clusters, grades }) => [grades, clusters]))
console.log(
  `passes with another result than the first: ${more.filter((one) => verdicts(one) !== verdicts(first)).length}`,
)
const sizes = first.map(({ clusters }) => new Set(clusters.filter((id) => id !== undefined)).size)
const average = sizes.reduce((a, b) => a + b, 0) / sizes.length
console.log(`clusters in a group: ${average.toFixed(2)} on average, at most ${Math.max(...sizes)}`)
const none = first.flatMap(({ grades }) => grades).filter(({ extracted }) => extracted === undefined).length
console.log(`solutions without an answer: ${none}`)

// A cluster is right or wrong as a whole.
for (const [index, { clusters, grades }] of first.entries()) {
  for (const id of new Set(clusters)) {
    const members = grades.filter((_, at) => clusters[at] === id && id !== undefined)
    if (new Set(members.map(({ correct }) => correct)).size < 2) continue
    console.log(
      `mixed cluster: ${groups[index]!.id}: ${members.map(({ extracted }) => cut(extracted!.answer)).join(" | ")}`,
    )
  }
}

let same = 0
for (const [index, { grades }] of first.entries()) {
  const { answer, id, qwen_correct } = groups[index]!
  for (const [at, { correct, extracted, verdict }] of grades.entries()) {
    if (correct === qwen_correct[at]) same += 1
    else {
      console.log(
        `disagreement: ${id}/${at}: gold ${cut(answer)}, answer ${cut(extracted?.answer ?? "(none)")}: ` +
          `we say ${verdict.outcome} (${verdict.stage}: ${verdict.reason}), the other grader ${qwen_correct[at]}`,
      )
    }
  }
}
console.log(`${same} of ${solutions} verdicts agree with the other grader's`)
