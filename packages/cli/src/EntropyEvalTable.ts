/**
 * Evaluations of scores as a table for people, and what its numbers mean.
 */
import { type Evaluation, type Measure, type Outcome, RiskCoverage } from "@seed-grpo/entropy"
import type { TerminalView } from "@seed-grpo/report"

export interface EvaluatedScore {
  readonly name: string
  readonly rows: ReadonlyArray<Outcome.Outcome>
  readonly evaluation: Evaluation.Evaluation
}

export interface ComparedScore {
  readonly name: string
  readonly against: string
  readonly comparison: Evaluation.Comparison
}

const REASONS: { readonly [R in Measure.UndefinedReason]: string } = {
  "too-few-rows": "too few rows",
  "one-class": "one class",
  "no-variation": "no variation",
  "not-binary": "not binary",
  "no-confidence": "–",
  "biased-by-resampling": "",
}

const number = (value: number): string => value.toFixed(3).replace("-", "−")

const interval = (of: Measure.Interval | Measure.Undefined): string =>
  of.kind === "undefined"
    ? REASONS[of.reason] && `[${REASONS[of.reason]}]`
    : `[${number(of.low).replace("0.", ".")}, ${number(of.high).replace("0.", ".")}]`

const cell = (estimate: Measure.Estimate): string =>
  estimate.kind === "undefined"
    ? REASONS[estimate.reason]
    : `${number(estimate.value)} ${interval(estimate.interval)}`.trimEnd()

const calibration = ({ errorIfCalibrated, expectedCalibrationError }: Evaluation.Evaluation): string =>
  errorIfCalibrated.kind === "undefined"
    ? cell(expectedCalibrationError)
    : `${cell(expectedCalibrationError)} (≤ ${number(errorIfCalibrated.high)})`

const aligned = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  )
}

const COVERAGES = [0.2, 0.4, 0.6, 0.8, 1]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Accuracy of the most certain rows; a share of rows is rounded up to whole ones. */
const accuracies = (rows: ReadonlyArray<Outcome.Outcome>): ReadonlyArray<string> => {
  const curve = RiskCoverage.curve(rows)
  return COVERAGES.map((coverage) => percent(1 - curve[Math.ceil(coverage * curve.length - 1e-9) - 1]!.risk))
}

/** What the AUROC of a score says, in words. */
const finding = ({ evaluation: { auroc }, name }: EvaluatedScore): string => {
  if (auroc.kind === "undefined") return `${name}: no AUROC (${REASONS[auroc.reason]}).`
  const pairs = `${name}: the wrong answer is the more uncertain one in ${(100 * auroc.value).toFixed(0)} of 100 pairs of a wrong and a right one`
  if (auroc.interval.kind === "undefined") return `${pairs}.`
  const { high, low } = auroc.interval
  return `${pairs}; ${low > 0.5 ? "better than chance" : high < 0.5 ? "worse than chance: is the score upside down?" : "these rows do not show that this is better than chance"}.`
}

const comparisonLine = ({ against, comparison: { auroc }, name }: ComparedScore): ReadonlyArray<string> => {
  const shown =
    auroc.kind === "undefined" || auroc.interval.kind === "undefined"
      ? ""
      : auroc.interval.low > 0
        ? `${against} is better`
        : auroc.interval.high < 0
          ? `${name} is better`
          : "no difference shown"
  return [name, cell(auroc), shown]
}

const indented = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  aligned(rows).map((line) => `  ${line}`)

export const table = (
  scores: readonly [EvaluatedScore, ...ReadonlyArray<EvaluatedScore>],
  comparisons: ReadonlyArray<ComparedScore>,
  palette: TerminalView.Palette,
): string => {
  const [first] = scores
  const { accuracy, rows, wrong } = first.evaluation
  const [head, ...body] = indented([
    ["score", "AUROC", "AURAC", "PRR", "Brier", "ECE (≤ if calibrated)"],
    ...scores.map(({ evaluation, name }) => [
      name,
      cell(evaluation.auroc),
      cell(evaluation.accuracyRejection),
      cell(evaluation.predictionRejectionRatio),
      cell(evaluation.brier),
      calibration(evaluation),
    ]),
  ])
  const [coverageHead, ...coverageBody] = indented([
    ["answered", ...COVERAGES.map((coverage) => `${100 * coverage} %`)],
    ...scores.map((score) => [score.name, ...accuracies(score.rows)]),
  ])
  return [
    `${rows} questions, ${Number.isInteger(wrong) ? wrong : wrong.toFixed(2)} wrong: accuracy ${cell(accuracy)}`,
    "",
    palette.accent(head!),
    ...body,
    "",
    "Accuracy when only the most certain questions are answered",
    palette.accent(coverageHead!),
    ...coverageBody,
    ...(comparisons.length === 0
      ? []
      : [
          "",
          `AUROC of ${comparisons[0]!.against} less that of another score, on the same questions`,
          ...indented(comparisons.map(comparisonLine)),
        ]),
    "",
    finding(first),
    palette.dim(
      "AUROC: 0.5 is chance. AURAC: mean accuracy over all shares of questions answered; the accuracy itself is chance. " +
        "PRR: 0 is chance, 1 is to know which are wrong. Brier, ECE: of 1 − H / ln n, or the largest cluster's share, as a " +
        "probability of being right; lower is better.",
    ),
  ].join("\n")
}
