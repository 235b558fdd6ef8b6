/**
 * How often verdicts agree with labels:
 *
 *     node benchmark/accuracy.ts pairs PAIRS.jsonl
 *     node benchmark/accuracy.ts groups GROUPS.jsonl
 *
 * `pairs` reads `{gold, answer, expected, kind, extract}` (extract: null when `answer` is bare and not a response);
 * `groups` reads `{answer, responses[], qwen_correct[]}` and compares with that grader's verdicts.
 */
import { readFileSync } from "node:fs"
import { Compare, Grade } from "@seed-grpo/equivalence"

const [mode, file] = process.argv.slice(2)
if ((mode !== "pairs" && mode !== "groups") || file === undefined) {
  throw new Error("usage: node benchmark/accuracy.ts pairs|groups FILE")
}
const rows = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Record<string, unknown>)

const pairs = () => {
  const kinds = new Map<string, { right: number; falseEqual: number; falseDifferent: number }>()
  const milliseconds: Array<number> = []
  for (const { answer, expected, extract, gold, kind } of rows as Array<{
    answer: string
    expected: boolean
    extract: string | null
    gold: string
    kind: string
  }>) {
    const started = performance.now()
    const equal =
      extract === null ? Compare.compare(gold, answer).outcome === "equivalent" : Grade.grade([gold], answer).correct
    milliseconds.push(performance.now() - started)
    const count = kinds.get(kind) ?? { right: 0, falseEqual: 0, falseDifferent: 0 }
    count[equal === expected ? "right" : equal ? "falseEqual" : "falseDifferent"] += 1
    kinds.set(kind, count)
  }
  const total = { right: 0, falseEqual: 0, falseDifferent: 0 }
  for (const [kind, count] of [...kinds].toSorted(([a], [b]) => a.localeCompare(b))) {
    console.log(
      `${kind.padEnd(24)} right ${count.right}, false equal ${count.falseEqual}, false different ${count.falseDifferent}`,
    )
    for (const key of ["right", "falseEqual", "falseDifferent"] as const) total[key] += count[key]
  }
  milliseconds.sort((a, b) => a - b)
  const mean = milliseconds.reduce((a, b) => a + b) / milliseconds.length
  console.log(
    `${rows.length} pairs: ${((100 * total.right) / rows.length).toFixed(1)} % right, ${total.falseEqual} false equal, ` +
      `${total.falseDifferent} false different; ${mean.toFixed(3)} ms a check, median ` +
      `${milliseconds[milliseconds.length >> 1]!.toFixed(3)}, most ${milliseconds.at(-1)!.toFixed(1)}`,
  )
}

const groups = () => {
  let [same, total] = [0, 0]
  for (const { answer, id, qwen_correct, responses } of rows as Array<{
    answer: string
    id: string
    qwen_correct: Array<boolean>
    responses: Array<string>
  }>) {
    for (const [index, response] of responses.entries()) {
      const { correct, extracted } = Grade.grade([answer], response)
      total += 1
      if (correct === qwen_correct[index]) same += 1
      else
        console.log(
          `${id}: gold ${answer}, answer ${extracted?.answer}: we say ${correct}, Qwen's grader ${qwen_correct[index]}`,
        )
    }
  }
  console.log(`${same} of ${total} verdicts agree`)
}

if (mode === "pairs") pairs()
else groups()
