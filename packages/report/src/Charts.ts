/**
 * The curves of a run, as SVG text. Colours are CSS variables of the page they are put into.
 *
 * @since 0.1.0
 */
import * as Plot from "@observablehq/plot"
import { groupsOf } from "./ClusterView.ts"
import { draw as plot } from "./internal/draw.ts"
import type { RunRecords } from "./RunFiles.ts"

/**
 * A chart with the words that go with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Chart {
  readonly title: string
  /** What is shown, and how to read it. */
  readonly caption: string
  readonly svg: string
}

/** Steps at which curves are drawn; more would not be seen. */
const MOST_POINTS = 400

const thin = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => {
  const stride = Math.ceil(items.length / MOST_POINTS)
  return items.filter((_, index) => index % stride === 0 || index === items.length - 1)
}

const draw = (options: Plot.PlotOptions): string => plot({ x: { label: "step" }, ...options })

const percentAxis = (label: string): Plot.ScaleOptions => ({ label, domain: [0, 1], tickFormat: "%", grid: true })

/** The values, and their mean over neighbouring steps, so that the trend is seen through the noise. */
const trend = (rows: ReadonlyArray<object>, y: string, stroke: string) => [
  Plot.lineY([...rows], { x: "step", y, stroke, strokeOpacity: 0.3 }),
  Plot.lineY(
    [...rows],
    Plot.windowY(
      { k: Math.max(1, Math.ceil(rows.length / 20)), strict: false },
      { x: "step", y, stroke, strokeWidth: 2 },
    ),
  ),
]

const accuracy = ({ evaluations, steps }: RunRecords): Chart => ({
  title: "Accuracy",
  caption:
    "Held-out problems answered right, greedily, with its 95 % interval (points), and the mean reward of sampled training completions (thin line).",
  svg: draw({
    y: percentAxis("right"),
    marks: [
      Plot.areaY(evaluations, { x: "step", y1: "low", y2: "high", fill: "var(--good)", fillOpacity: 0.18 }),
      ...trend(thin(steps), "reward", "var(--muted)"),
      Plot.lineY(evaluations, { x: "step", y: "accuracy", stroke: "var(--good)", strokeWidth: 2.5 }),
      Plot.dot(evaluations, { x: "step", y: "accuracy", fill: "var(--good)", r: 3.5 }),
    ],
  }),
})

const uncertainty = ({ steps }: RunRecords): Chart => ({
  title: "Semantic entropy",
  caption: "How much the meanings of a group disagree, in nats, averaged over the groups of a step.",
  svg: draw({
    y: { label: "nats", grid: true, zero: true },
    marks: trend(thin(steps), "semanticEntropy", "var(--accent)"),
  }),
})

const groupMix = ({ steps }: RunRecords): Chart => {
  const kinds = [
    ["all right", "allRight", "var(--good)"],
    ["mixed", "mixed", "var(--accent)"],
    ["all wrong", "allWrong", "var(--bad)"],
  ] as const
  const rows = thin(steps).flatMap((record) =>
    kinds.map(([kind, key]) => ({ step: record.step, kind, share: record[key] })),
  )
  return {
    title: "Groups",
    caption:
      "Groups whose completions are all right (green), mixed (blue), or all wrong (red). Only mixed groups carry a learning signal.",
    svg: draw({
      y: percentAxis("groups"),
      color: { domain: kinds.map(([kind]) => kind), range: kinds.map(([, , colour]) => colour), legend: false },
      marks: [
        Plot.areaY(rows, { x: "step", y: "share", fill: "kind", fillOpacity: 0.75, order: kinds.map(([k]) => k) }),
      ],
    }),
  }
}

const scales = ({ steps }: RunRecords): Chart => ({
  title: "Advantage scale",
  caption: "The factor that uncertainty puts on the advantages of mixed groups: mean, and range within a step.",
  svg: draw({
    y: { label: "factor", grid: true, domain: [0, 1.05] },
    marks: [
      Plot.areaY(thin(steps), { x: "step", y1: "scaleMin", y2: "scaleMax", fill: "var(--accent)", fillOpacity: 0.15 }),
      ...trend(thin(steps), "scaleMean", "var(--accent)"),
    ],
  }),
})

const tokenEntropy = ({ steps }: RunRecords): Chart => ({
  title: "Token entropy",
  caption: "Entropy of the next-token distribution, in nats. A fall to 0 means that the policy has stopped exploring.",
  svg: draw({
    y: { label: "nats", grid: true, zero: true },
    marks: trend(thin(steps.filter((record) => record.updatesApplied > 0)), "tokenEntropy", "var(--muted)"),
  }),
})

const gradient = ({ steps }: RunRecords): Chart => ({
  title: "Gradient norm",
  caption: "Before clipping. Steps without a signal are left out.",
  svg: draw({
    y: { label: "norm", grid: true, zero: true },
    marks: trend(thin(steps.filter((record) => record.updatesApplied > 0)), "gradientNorm", "var(--muted)"),
  }),
})

const correctness = ({ completions }: RunRecords): Chart => {
  const groups = [...Map.groupBy(completions, ({ step }) => step).values()].flatMap(groupsOf)
  // Both measures lie on a grid, so groups fall on the same points: a point's area is how many.
  const places = [...Map.groupBy(groups, (group) => `${group.normalizedEntropy} ${group.passRate}`).values()].map(
    (same) => ({
      normalizedEntropy: same[0]!.normalizedEntropy,
      passRate: same[0]!.passRate,
      groups: same.length,
    }),
  )
  return {
    title: "Uncertainty and correctness",
    caption: "Groups by how much their meanings disagree and how many of their completions are right; area is number.",
    svg: draw({
      x: { label: "semantic entropy / maximum", domain: [-0.04, 1.04], ticks: [0, 0.25, 0.5, 0.75, 1] },
      y: { ...percentAxis("right"), domain: [-0.06, 1.06], ticks: [0, 0.25, 0.5, 0.75, 1] },
      r: { range: [0, 14] },
      marks: [
        Plot.dot(places, {
          x: "normalizedEntropy",
          y: "passRate",
          r: "groups",
          fill: "var(--accent)",
          fillOpacity: 0.55,
        }),
      ],
    }),
  }
}

const time = ({ timings }: RunRecords): Chart => {
  const parts = ["sample", "grade", "shape", "update"] as const
  const rows = thin(timings).flatMap((timing) =>
    parts.map((part) => ({ step: timing.step, part, seconds: timing[part] })),
  )
  return {
    title: "Where the time goes",
    caption: "Seconds a step: sampling (blue) and updating (grey); grading and shaping lie between, too thin to see.",
    svg: draw({
      y: { label: "seconds", grid: true },
      color: {
        domain: [...parts],
        range: ["var(--accent)", "var(--good)", "var(--bad)", "var(--faint)"],
      },
      marks: [Plot.areaY(rows, { x: "step", y: "seconds", fill: "part", order: [...parts] })],
    }),
  }
}

/**
 * Every chart for which a run has data.
 *
 * @since 0.1.0
 * @category charts
 */
export const charts = (run: RunRecords): ReadonlyArray<Chart> =>
  run.steps.length === 0
    ? []
    : [accuracy, uncertainty, groupMix, scales, correctness, tokenEntropy, gradient, time].map((chart) => chart(run))
