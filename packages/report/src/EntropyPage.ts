/**
 * Semantic entropies on one page that needs nothing else, not even a script: each question with its responses as a strip of
 * chips, coloured by meaning, the most uncertain question first.
 *
 * The page stays small enough for a browser: the most uncertain questions are shown, up to 1000, and texts are cut, and
 * both are said where it happens.
 *
 * @since 0.1.0
 */
import * as Plot from "@observablehq/plot"
import { mean } from "@seed-grpo/core/Numeric"
import type { Chart } from "./Charts.ts"
import { draw } from "./internal/draw.ts"
import { chip } from "./internal/meanings.ts"
import { type Cell, figure, page } from "./internal/page.ts"
import { questions } from "./internal/question.ts"
import { counted, percent, thousands } from "./internal/words.ts"

/**
 * One response.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntropyMember {
  readonly text: string
  /** Nothing when no answer could be read in it. */
  readonly answer: string | null
  /** Which meaning it counts as; nothing when it was left out. */
  readonly cluster: number | null
  /** In nats; of the whole response or the mean of a token, as the estimator was given it. */
  readonly logprob?: number
}

/**
 * One question with the semantic entropy of its answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntropyRow {
  readonly id?: string
  readonly prompt?: string
  /** In nats. */
  readonly entropy: number
  /** Entropy over its maximum `ln n`, in `[0, 1]`. */
  readonly normalized: number
  /** Name of the estimator. */
  readonly estimator: string
  /** Answers that entered the estimate, `n`. */
  readonly answers: number
  readonly clusters: number
  /** Least and greatest entropy over the ways to count responses without an answer, in nats. */
  readonly bounds: readonly [number, number]
  readonly interval?: {
    /** In nats. */
    readonly low: number
    readonly high: number
    /** `0.95` for 95 %. */
    readonly level: number
    readonly method: string
  }
  /** Pairs of answers that the judge could not decide. */
  readonly undecided: number
  /** Times that the judge contradicted itself. */
  readonly inconsistent: number
  readonly members: ReadonlyArray<EntropyMember>
}

/** More than this, and a browser is slow. */
const MOST_ROWS = 1_000

const distribution = (rows: ReadonlyArray<EntropyRow>): Chart => {
  const most = rows.reduce((greatest, { answers }) => Math.max(greatest, Math.log(Math.max(2, answers))), 0)
  const edges = Array.from({ length: 25 }, (_, index) => (index * most) / 24)
  return {
    title: "How uncertain",
    caption: `Questions by their semantic entropy, in nats, up to the greatest possible (${most.toFixed(2)}).`,
    svg: draw({
      height: 180,
      x: { label: "nats", domain: [0, most] },
      y: { label: "questions", grid: true },
      marks: [
        Plot.rectY(
          [...rows],
          Plot.binX<Plot.RectYOptions>({ y: "count" }, { x: "entropy", thresholds: edges, fill: "var(--accent)" }),
        ),
        Plot.ruleY([0], { stroke: "var(--faint)" }),
      ],
    }),
  }
}

const headline = (rows: ReadonlyArray<EntropyRow>): ReadonlyArray<Cell> => {
  const members = rows.flatMap((row) => row.members)
  const unread = members.filter(({ answer }) => answer === null).length
  const agreed = rows.filter(({ clusters }) => clusters === 1).length
  const undecided = rows.reduce((sum, row) => sum + row.undecided, 0)
  const inconsistent = rows.reduce((sum, row) => sum + row.inconsistent, 0)
  const some = rows.length > 0
  return [
    ["questions", thousands(rows.length), counted(members.length, "response")],
    [
      "mean semantic entropy",
      some ? `${mean(rows.map(({ entropy }) => entropy)).toFixed(3)} nats` : "–",
      some
        ? `${percent(mean(rows.map(({ normalized }) => normalized)))} of the greatest possible; ${[...new Set(rows.map(({ estimator }) => estimator))].join(", ")}`
        : "",
    ],
    ["all of one meaning", some ? percent(agreed / rows.length) : "–", counted(agreed, "question")],
    ["no answer found", members.length > 0 ? percent(unread / members.length) : "–", counted(unread, "response")],
    ...(undecided + inconsistent === 0
      ? []
      : ([
          [
            "to be checked",
            thousands(rows.filter((row) => row.undecided + row.inconsistent > 0).length),
            `questions, with ${counted(undecided, "undecided pair")} and ${counted(inconsistent, "contradiction")}`,
          ],
        ] as const)),
  ]
}

const LEGEND = `<figure class="legend"><figcaption><strong>How to read a question</strong></figcaption>
<div class="gauge"><i style="width:50%"></i><b style="left:36%;right:30%"></b></div>
<p>The entropy of its answers, from 0, when all mean the same, to the greatest possible, when all differ; the line is its interval.</p>
<div class="strip"><span class="meaning c0">${chip("1/2")}<i class="chip"></i>${chip("0.5")}<b class="count">×3</b></span><span class="meaning c1">${chip("2")}</span><span class="meaning unread"><i class="chip"></i><small>no answer</small></span></div>
<p>Each chip is one response. Chips of one colour mean the same, and an answer that is spelt as the one before is not repeated. Colours say nothing about what is right.</p></figure>`

/**
 * The page. Everything that a model or a data set wrote is escaped; nothing on the page can run.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { EntropyPage } from "@seed-grpo/report"
 *
 * const row: EntropyPage.EntropyRow = {
 *   id: "a",
 *   prompt: "1/4 + 1/4 =",
 *   entropy: Math.LN2,
 *   normalized: 1,
 *   estimator: "discrete",
 *   answers: 2,
 *   clusters: 2,
 *   bounds: [Math.LN2, Math.LN2],
 *   undecided: 0,
 *   inconsistent: 0,
 *   members: [
 *     { text: "It is 1/2.", answer: "1/2", cluster: 0 },
 *     { text: "It is <b>2</b>.", answer: "2", cluster: 1 }
 *   ]
 * }
 * assert.ok(EntropyPage.render([row], "Fractions").includes("It is &lt;b&gt;2&lt;/b&gt;."))
 * ```
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (rows: ReadonlyArray<EntropyRow>, title: string): string => {
  const sorted = rows.toSorted((a, b) => b.entropy - a.entropy)
  const shown = questions(sorted.slice(0, MOST_ROWS))
  const left = rows.length - shown.length
  return page({
    title,
    cells: headline(rows),
    main:
      rows.length === 0
        ? "<p>There are no questions.</p>"
        : `<section aria-labelledby="distribution"><h2 id="distribution">Distribution</h2>
<div class="figures">${figure(distribution(rows))}
${LEGEND}</div>
</section>
<section aria-labelledby="questions"><h2 id="questions">Questions, most uncertain first</h2>
${left === 0 ? "" : `<p class="warning">The ${thousands(shown.length)} most uncertain questions are shown; ${thousands(left)} more are in the figures above only.</p>`}
${shown.join("\n")}
</section>`,
  })
}
