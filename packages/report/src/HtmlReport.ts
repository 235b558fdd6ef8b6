/**
 * A run on one page that needs nothing else: curves, and every shown group as its meanings.
 *
 * @since 0.1.0
 */
import { Effect, FileSystem, Path } from "effect"
import { charts } from "./Charts.ts"
import { groupsOf, type GroupView } from "./ClusterView.ts"
import { forHtmlLines, forTerminal, jsonForScript } from "./Escape.ts"
import { browserScript } from "./internal/browserScript.ts"
import { type Cell, figure, page } from "./internal/page.ts"
import * as RunFiles from "./RunFiles.ts"
import { duration } from "./TerminalView.ts"

/** Where the numbers of a run are explained. */
const METRICS = "https://github.com/seed-grpo/seed-grpo/blob/main/packages/trainer/docs/metrics.md"

/** Steps whose groups are put on the page; evenly spread, the first and the last among them. */
const MOST_STEPS = 40

const spread = <A>(items: ReadonlyArray<A>, most: number): ReadonlyArray<A> =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!)

/** What the page's script shows of a group: short names, because there are thousands of them. */
const forPage = (group: GroupView) => ({
  prompt: forTerminal(group.prompt),
  golds: group.golds.map(forTerminal),
  entropy: group.semanticEntropy,
  scale: group.scale,
  passRate: group.passRate,
  clusters: group.clusters.map(({ members, readable, right }) => ({
    right,
    readable,
    members: members.map(({ advantage, advantageBefore, answer, finish, text }) => ({
      text: forTerminal(text),
      answer: answer === null ? null : forTerminal(answer),
      finish,
      before: advantageBefore,
      after: advantage,
    })),
  })),
})

const jsonText = (value: unknown) => forHtmlLines(JSON.stringify(value, undefined, 2))

const percent = (value: number) => `${(100 * value).toFixed(1)} %`

const headline = (run: RunFiles.RunRecords): ReadonlyArray<Cell> => {
  const [first, last] = [run.evaluations[0], run.evaluations.at(-1)]
  const seconds = run.timings.reduce((sum, { total }) => sum + total, 0)
  return [
    ...(first === undefined || last === undefined
      ? []
      : ([
          [
            "held-out accuracy",
            `${percent(first.accuracy)} → ${percent(last.accuracy)}`,
            `${last.problems} problems; 95 % interval at the end ${percent(last.low)} – ${percent(last.high)}`,
          ],
        ] as const)),
    [
      "semantic entropy",
      `${run.steps[0]?.semanticEntropy.toFixed(2) ?? "–"} → ${run.steps.at(-1)?.semanticEntropy.toFixed(2) ?? "–"} nats`,
      "mean over the groups of the first and of the last step",
    ],
    ["steps", `${run.steps.length}`, `${run.completions.length} completions sampled`],
    ["time in steps", duration(seconds), `${(seconds / Math.max(1, run.steps.length)).toFixed(2)} s a step`],
  ]
}

/**
 * The page of a run. Everything that a model or a data set wrote is escaped.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (run: RunFiles.RunRecords, title: string): string => {
  const byStep = [...Map.groupBy(run.completions, ({ step }) => step)]
  const shown = spread(byStep, MOST_STEPS).map(([step, completions]) => ({
    step,
    groups: groupsOf(completions).map(forPage),
  }))
  return page({
    title,
    cells: headline(run),
    main: `<section aria-labelledby="curves">
<h2 id="curves">Curves</h2>
<p>What each number is, what is healthy, and what to do else: <a href="${METRICS}">metrics.md</a>.</p>
<div class="figures">
${charts(run).map(figure).join("\n")}
</div>
</section>
<section aria-labelledby="meanings">
<h2 id="meanings">Meanings</h2>
<p>Each row is one problem. Each chip is one sampled completion; chips of one block mean the same.
<span class="chip right">✓ right</span> <span class="chip wrong">✗ wrong</span> <span class="chip unread">? unreadable</span>.
Open a row for the texts and their advantages before and after uncertainty scales them.</p>
<div id="browser"></div>
<noscript>The groups need JavaScript; the same data is in completions.jsonl beside this page.</noscript>
</section>
<section aria-labelledby="setup">
<h2 id="setup">Set-up</h2>
<details><summary>Configuration</summary><pre>${jsonText(run.config)}</pre></details>
<details><summary>Environment</summary><pre>${jsonText(run.environment)}</pre></details>
</section>`,
    scripts: `<script type="application/json" id="steps">${jsonForScript(shown)}</script>
<script>${browserScript}</script>`,
  })
}

/**
 * Writes `report.html` into the folder of a run and gives its path.
 *
 * @since 0.1.0
 * @category writing
 */
export const write = Effect.fn("HtmlReport.write")(function* (
  folder: string,
  title: string,
): Effect.fn.Return<string, RunFiles.RunFilesError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.resolve(folder, "report.html")
  const html = render(yield* RunFiles.read(folder), title)
  yield* fs.writeFileString(file, html).pipe(Effect.mapError(RunFiles.notWritten(file)))
  return file
})
