/** The page of metrics, against the types whose fields it explains. */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Dapo, Metrics } from "@seed-grpo/grpo"
import { StepSummary } from "@seed-grpo/trainer"
import { assert, describe, it } from "@effect/vitest"

const packages = fileURLToPath(new URL("../../", import.meta.url))
const page = readFileSync(`${packages}trainer/docs/metrics.md`, "utf8")

/** Own fields of an interface, as its source spells them. */
const fieldsOf = (name: string, file: string, whether = /\??/): ReadonlyArray<string> => {
  const source = readFileSync(`${packages}${file}`, "utf8")
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, "ms").exec(source)?.[1]
  assert.isDefined(body, `${name} in ${file}`)
  return [...body.matchAll(new RegExp(`^ {2}readonly (\\w+)${whether.source}:`, "gm"))].map((match) => match[1]!)
}

/** Rows of the table below a heading, as cells. */
const rowsOf = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  assert.isDefined(section, heading)
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .slice(1, -1)
        .split(" | ")
        .map((cell) => cell.trim()),
    )
}

const named = (heading: string) =>
  rowsOf(heading).flatMap(([name]) => [...name!.matchAll(/`(\w+)`/g)].map((m) => m[1]!))

const RUN_EVENT = "core/src/RunEvent.ts"

const tables: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]> = [
  ["StepRecord", [["StepRecord", RUN_EVENT]]],
  ["DynamicSamplingRecord", [["DynamicSamplingRecord", RUN_EVENT]]],
  ["RewardRecord", [["RewardRecord", RUN_EVENT]]],
  ["ScaleHistogram", [["ScaleHistogram", RUN_EVENT]]],
  [
    "UpdateMetrics",
    [
      ["UpdateMetrics", "grpo/src/GrpoOptimizer.ts"],
      ["Metrics", "grpo/src/Metrics.ts"],
    ],
  ],
  ["SamplerMetrics", [["SamplerMetrics", "grpo/src/Metrics.ts"]]],
  ["EvaluationRecord", [["EvaluationRecord", RUN_EVENT]]],
  ["StepTiming", [["StepTiming", RUN_EVENT]]],
]

describe("docs/metrics.md", () => {
  it.each(tables)("%s: every field is explained once, and nothing else is", (heading, interfaces) => {
    const fields = interfaces.flatMap(([name, file]) => fieldsOf(name, file))
    assert.deepStrictEqual(named(heading).toSorted(), fields.toSorted())
  })

  it("the sources of fields are read as the code has them", () => {
    assert.deepStrictEqual(
      fieldsOf("StepRecord", RUN_EVENT, /(?!\?)/).toSorted(),
      Object.keys(StepSummary.summarise(1, [], [])).toSorted(),
    )
    assert.deepStrictEqual(
      fieldsOf("Metrics", "grpo/src/Metrics.ts").toSorted(),
      Object.keys(Metrics.measure(Dapo.dapo(), [])).toSorted(),
    )
  })

  it.each(tables)("%s: every row has all six cells, and its source exists", (heading) => {
    for (const row of rowsOf(heading)) {
      assert.strictEqual(row.length, 6, row[0])
      for (const cell of row) assert.isAbove(cell.length, 0, row[0])
      const source = /^`([^`]+)`$/.exec(row[3]!)?.[1]
      assert.isTrue(source !== undefined && existsSync(`${packages}${source}`), `${row[0]}: ${row[3]}`)
    }
  })
})
