/**
 * What modulations would do to mixed groups, as SVG text. Colours are CSS variables of the page.
 *
 * @since 0.1.0
 */
import * as Plot from "@observablehq/plot"
import type { ScalePreview } from "@seed-grpo/advantage"
import type { Chart } from "./Charts.ts"
import { forTerminal } from "./Escape.ts"
import { draw } from "./internal/draw.ts"

/** Characters of a modulation's name beside its strip. */
const LONGEST_NAME = 24

/** Equal scales are one dot, whose area is how many. */
const dotsOf = (previews: ReadonlyArray<ScalePreview.ScalePreview>) =>
  previews.flatMap(({ name, scales }) =>
    [...Map.groupBy(scales, (scale) => scale)].map(([scale, same]) => ({ name, scale, groups: same.length })),
  )

/**
 * A strip for each modulation: a dot for each mixed group at the factor on its advantages, on an axis from 0, with the range
 * as a line and the mean as a tick.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Modulation, ScalePreview } from "@seed-grpo/advantage"
 * import { ScaleChart } from "@seed-grpo/report"
 *
 * const groups = [0.25, 1].map((normalizedEntropy) => ({ meanReward: 0.5, normalizedEntropy, size: 8 }))
 * const previews = ScalePreview.preview(groups, [{ name: "reciprocal 1", modulation: Modulation.reciprocal(1) }])
 * assert.ok(ScaleChart.chart(previews).svg.startsWith("<svg"))
 * ```
 *
 * @since 0.1.0
 * @category charts
 */
export const chart = (previews: ReadonlyArray<ScalePreview.ScalePreview>): Chart => {
  const rows = previews.flatMap(({ name, summary }) => (summary === undefined ? [] : [{ name, ...summary }]))
  const top = rows.reduce((greatest, { max }) => Math.max(greatest, max), 1)
  const dots = dotsOf(previews)
  return {
    title: "Scales of mixed groups",
    caption:
      "The factor on a group's advantages. A dot is a mixed group, or several that are scaled alike: its area is how many. The line is the range, the tick the mean.",
    svg: draw({
      height: 54 + 28 * previews.length,
      marginLeft: 160,
      marginRight: 24,
      x: { label: "factor", domain: [0, top * 1.02], grid: true },
      y: {
        label: null,
        type: "band",
        domain: previews.map(({ name }) => name),
        tickSize: 0,
        tickFormat: (name: string) =>
          name.length > LONGEST_NAME ? `${forTerminal(name.slice(0, LONGEST_NAME - 1))}…` : forTerminal(name),
      },
      r: { range: [0, 9], domain: [0, dots.reduce((most, { groups }) => Math.max(most, groups), 1)] },
      marks: [
        Plot.ruleY(rows, {
          y: "name",
          x1: "min",
          x2: "max",
          stroke: "var(--accent)",
          strokeOpacity: 0.5,
          strokeWidth: 2,
        }),
        Plot.dot(dots, { y: "name", x: "scale", r: "groups", fill: "var(--accent)", fillOpacity: 0.45 }),
        Plot.tickX(rows, { y: "name", x: "mean", stroke: "var(--ink)", strokeWidth: 1.5, inset: 4 }),
      ],
    }),
  }
}
