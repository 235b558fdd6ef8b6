/**
 * What modulations would do to mixed groups, on one page that needs nothing else: in words, as a chart, in numbers.
 *
 * @since 0.1.0
 */
import { ScalePreview } from "@seed-grpo/advantage"
import { forHtml } from "./Escape.ts"
import { figure, page } from "./internal/page.ts"
import { counted, percent, thousands } from "./internal/words.ts"
import { chart } from "./ScaleChart.ts"

const tableRow = ({ name, summary }: ScalePreview.ScalePreview): string => {
  const numbers =
    summary === undefined
      ? Array.from({ length: 6 }, () => "–")
      : [
          `${summary.min.toFixed(4)} – ${summary.max.toFixed(4)}`,
          summary.mean.toFixed(4),
          `${(100 * summary.spread).toFixed(2)} %`,
          `${(100 * summary.massRemoved).toFixed(2)} %`,
          `${summary.relative[0].toFixed(3)} – ${summary.relative[1].toFixed(3)}`,
          `${(100 * summary.massMoved).toFixed(2)} %`,
        ]
  return `<tr><td>${forHtml(name)}</td>${numbers.map((number) => `<td class="number">${number}</td>`).join("")}</tr>`
}

const COLUMNS = ["modulation", "factor", "mean", "spread", "mass removed", "after a common factor", "mass moved"]

const LEGEND = `<figure class="legend"><figcaption><strong>What the numbers say</strong></figcaption>
<p>Of groups that are all right or all wrong nothing is learned, so their factors do not matter. Nor does what all factors
have in common, because Adam divides it out.</p>
<dl><dt>spread</dt><dd>how much less the least weighted group learns than the most weighted one</dd>
<dt>mass removed</dt><dd>gradient that is scaled away from all groups together; Adam gives it back</dd>
<dt>after a common factor</dt><dd>least and greatest weight that is left then</dd>
<dt>mass moved</dt><dd>share of the gradient that goes from some groups to others: all that a modulation does in the
end</dd></dl></figure>`

/**
 * The page.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (previews: ReadonlyArray<ScalePreview.ScalePreview>, title: string): string => {
  const { groups, mixed } = previews[0] ?? { groups: 0, mixed: 0 }
  return page({
    title,
    cells: [
      ["groups", thousands(groups), "of completions of one problem"],
      [
        "mixed groups",
        thousands(mixed),
        groups === 0 ? "" : `${percent(mixed / groups)}; only these carry a learning signal`,
      ],
      ["modulations", thousands(previews.length), "compared on the same groups"],
    ],
    main: `<section aria-labelledby="scales"><h2 id="scales">${counted(mixed, "mixed group")}</h2>
${mixed === 0 ? "<p>There is nothing to draw.</p>" : `<div class="figures">${figure(chart(previews))}${LEGEND}</div>`}
<div class="scroll"><table><thead><tr>${COLUMNS.map((name) => `<th>${name}</th>`).join("")}</tr></thead>
<tbody>${previews.map(tableRow).join("\n")}</tbody></table></div>
<details><summary>In words</summary><ul>${previews.map((preview) => `<li>${forHtml(ScalePreview.inWords(preview))}</li>`).join("\n")}</ul></details>
</section>`,
  })
}
