import {
  Auroc,
  AveragePrecision,
  Bootstrap,
  Delong,
  EntropyError,
  Evaluation,
  Measure,
  Outcome,
  PublishedRejection,
  RiskCoverage,
} from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import peers from "./fixtures/evaluation.json" with { type: "json" }

const rowsOf = (uncertainties: ReadonlyArray<number>, correct: ReadonlyArray<boolean | number>) =>
  uncertainties.map((uncertainty, index) => ({ uncertainty, correct: correct[index]! }))

const valueOf = (measure: Measure.Measure): number => {
  assert.strictEqual(measure.kind, "defined")
  return (measure as Measure.Defined).value
}

const endsOf = (interval: Measure.Interval | Measure.Undefined): readonly [number, number] => {
  assert.strictEqual(interval.kind, "defined")
  const { high, low } = interval as Measure.Interval
  return [low, high]
}

const small = rowsOf([1.2, 0.9, 0.9, 0.4, 0.3, 0.1], [false, false, true, false, true, true])

describe("six rows with a tie", () => {
  // scikit-learn for the first; the functions of jlko/semantic_uncertainty (eval_utils.py) and IINemo/lm-polygraph
  // (pred_rej_area.py) for the published ones; both orders of the one tie, averaged, for the tie-safe ones.
  it.each([
    ["AUROC", Auroc.auroc, 0.833333333],
    ["jlko's AURAC", PublishedRejection.auracWithMaximum18Of19, 0.708947368],
    ["its mean form", PublishedRejection.meanAccuracyAtQuantiles, 0.748333333],
    ["lm-polygraph's area", PublishedRejection.areaInRowOrder, 0.711111111],
    ["lm-polygraph's PRR", PublishedRejection.ratioInRowOrder, 0.684684685],
    ["tie-safe AURAC", RiskCoverage.accuracyRejection, (0.711111111 + 0.752777778) / 2],
    ["tie-safe AURC", RiskCoverage.aurc, 1 - (0.711111111 + 0.752777778) / 2],
    ["tie-safe PRR", RiskCoverage.predictionRejectionRatio, (0.731944444 - 0.5) / (0.808333333 - 0.5)],
  ] as const)("%s", (_, measure, expected) => {
    assert.closeTo(valueOf(measure(small)), expected, 2e-9)
  })

  it("the published AURAC of perfect answers is 18/19, and the tie-safe one is 1", () => {
    const perfect = rowsOf([3, 1, 2], [true, true, true])
    assert.closeTo(valueOf(PublishedRejection.auracWithMaximum18Of19(perfect)), 18 / 19, 1e-12)
    assert.strictEqual(valueOf(RiskCoverage.accuracyRejection(perfect)), 1)
  })

  it("only the published ones depend on the order of tied rows", () => {
    const [a, b, c, ...rest] = small
    const swapped = [a!, c!, b!, ...rest]
    assert.closeTo(valueOf(PublishedRejection.areaInRowOrder(swapped)), 0.752777778, 1e-9)
    assert.strictEqual(valueOf(RiskCoverage.accuracyRejection(swapped)), valueOf(RiskCoverage.accuracyRejection(small)))
  })
})

// Made with scikit-learn 1.9.1 (roc_auc_score, average_precision_score), numpy 2.4.6 and scipy 1.17.1 on normal
// scores, three of four rounded so that they tie. DeLong and Obuchowski are computed from their definitions over all
// pairs, and yandexdataschool/roc_comparison (compare_auc_delong_xu.py) gives the same variances and covariances to
// 1e-16; the AURAC of lm-polygraph was averaged over 40,000 shuffles.
describe("against scikit-learn and the definitions", () => {
  it.each(peers.cases.map((one, index) => [index, one] as const))("case %i", (_, peer) => {
    const rows = rowsOf(peer.first, peer.correct)
    assert.closeTo(valueOf(Auroc.auroc(rows)), peer.auroc, 1e-12)
    assert.closeTo(valueOf(AveragePrecision.averagePrecision(rows)), peer.averagePrecision, 1e-12)
    assert.closeTo(valueOf(Delong.variance(rows)), peer.variance, 1e-12)
    const [low, high] = endsOf(Delong.interval(rows))
    assert.closeTo(low, peer.low, 1e-9)
    assert.closeTo(high, peer.high, 1e-9)
    assert.closeTo(valueOf(PublishedRejection.auracWithMaximum18Of19(rows)), peer.aurac18Of19, 1e-12)
    assert.closeTo(valueOf(PublishedRejection.areaInRowOrder(rows)), peer.areaInRowOrder, 1e-12)
    assert.closeTo(valueOf(RiskCoverage.accuracyRejection(rows)), peer.auracByShuffling, 1e-3)
  })

  it.each(peers.cases.map((one, index) => [index, one] as const))("a difference of two scores, case %i", (_, peer) => {
    const difference = Delong.difference(rowsOf(peer.first, peer.correct), rowsOf(peer.second, peer.correct))
    assert.closeTo(valueOf(difference), peer.difference, 1e-12)
    if (difference.kind === "undefined") return
    const [low, high] = endsOf(difference.interval)
    const expected = peer.difference + 1.959963984540054 * peer.differenceStandardError
    assert.closeTo(high, Math.min(1, expected), 1e-9)
    assert.closeTo(low, Math.max(-1, 2 * peer.difference - expected), 1e-9)
  })

  it("shares of right answers are weighted answers, and their variance is Obuchowski's", () => {
    const rows = rowsOf(peers.shares.uncertainty, peers.shares.correct)
    assert.closeTo(valueOf(Auroc.auroc(rows)), peers.shares.auroc, 1e-12)
    assert.closeTo(valueOf(AveragePrecision.averagePrecision(rows)), peers.shares.averagePrecision, 1e-12)
    assert.closeTo(valueOf(Delong.variance(rows)), peers.shares.variance, 1e-12)
    assert.deepStrictEqual(Auroc.newcombe(rows), { kind: "undefined", reason: "not-binary" })
  })
})

const Rows = Schema.Array(
  Schema.Struct({
    uncertainty: Schema.Int.check(Schema.isBetween({ minimum: -3, maximum: 3 })),
    correct: Schema.Boolean,
  }),
)

describe("whatever the rows", () => {
  it.prop("every figure is a finite number or has a reason, and lies in its interval", [Rows], ([rows]) => {
    const { errorIfCalibrated, rows: count, wrong, ...estimates } = Evaluation.evaluate(rows, { resamples: 100 })
    assert.strictEqual(count, rows.length)
    assert.strictEqual(wrong, rows.filter(({ correct }) => !correct).length)
    assert.strictEqual(errorIfCalibrated.kind, "undefined")
    for (const estimate of Object.values(estimates)) {
      if (estimate.kind === "undefined") continue
      assert.isTrue(Number.isFinite(estimate.value))
      if (estimate.interval.kind === "undefined") continue
      assert.isAtMost(estimate.interval.low, estimate.interval.high)
      if (estimate.interval.method === "bootstrap-percentile") continue
      assert.isAtMost(estimate.interval.low, estimate.value)
      assert.isAtLeast(estimate.interval.high, estimate.value)
    }
  })

  it.prop("AUROC is the count over all pairs, and turns over with the score", [Rows], ([rows]) => {
    const [wrong, right] = [rows.filter(({ correct }) => !correct), rows.filter(({ correct }) => correct)]
    const area = Auroc.auroc(rows)
    if (wrong.length === 0 || right.length === 0) {
      assert.deepStrictEqual(area, { kind: "undefined", reason: "one-class" })
      return
    }
    const wins = wrong.flatMap((w) => right.map((r) => (Math.sign(w.uncertainty - r.uncertainty) + 1) / 2))
    assert.closeTo(valueOf(area), wins.reduce((a, b) => a + b) / wins.length, 1e-12)
    const negated = rows.map((row) => ({ ...row, uncertainty: -row.uncertainty }))
    assert.closeTo(valueOf(Auroc.auroc(negated)), 1 - valueOf(area), 1e-12)
  })

  it.prop("no tie-safe figure depends on the order of the rows", [Rows], ([rows]) => {
    for (const measure of [Auroc.auroc, AveragePrecision.averagePrecision, RiskCoverage.predictionRejectionRatio]) {
      const [there, back] = [measure(rows), measure(rows.toReversed())]
      assert.strictEqual(there.kind, back.kind)
      if (there.kind === "defined") assert.closeTo(there.value, valueOf(back), 1e-12)
    }
  })

  it.prop("the curve ends at the error rate, and its ties are straight in wrong answers", [Rows], ([rows]) => {
    if (rows.length === 0) return
    const curve = RiskCoverage.curve(rows)
    const { wrong } = Outcome.totals(rows)
    assert.strictEqual(curve.length, rows.length)
    assert.closeTo(curve.at(-1)!.risk, wrong / rows.length, 1e-12)
    const flat = RiskCoverage.curve(rows.map((row) => ({ ...row, uncertainty: 1 })))
    for (const { risk } of flat) assert.closeTo(risk, wrong / rows.length, 1e-12)
  })
})

describe("what has no value says why", () => {
  const reasonOf = (one: Measure.Estimate | Measure.Interval | Measure.Undefined) =>
    one.kind === "undefined" ? one.reason : one.kind

  it("one class", () => {
    const result = Evaluation.evaluate(rowsOf([1, 2, 3], [true, true, true]))
    assert.strictEqual(reasonOf(result.auroc), "one-class")
    assert.strictEqual(reasonOf(result.averagePrecision), "one-class")
    assert.strictEqual(reasonOf(result.predictionRejectionRatio), "one-class")
    assert.strictEqual(reasonOf(result.expectedCalibrationError), "no-confidence")
    assert.deepInclude(result.accuracyRejection, { kind: "defined", value: 1 })
    assert.strictEqual(
      result.accuracyRejection.kind === "defined" && reasonOf(result.accuracyRejection.interval),
      "no-variation",
    )
  })

  it("no rows, and one", () => {
    assert.strictEqual(reasonOf(Evaluation.evaluate([]).accuracy), "too-few-rows")
    assert.strictEqual(reasonOf(Evaluation.evaluate([]).brier), "too-few-rows")
    const { aurc } = Evaluation.evaluate(rowsOf([1], [true]))
    assert.strictEqual(aurc.kind === "defined" && reasonOf(aurc.interval), "too-few-rows")
  })

  it("perfect separation and a class of one row have Newcombe's interval instead of none", () => {
    for (const rows of [
      rowsOf([1, 2, 3, 4], [true, true, false, false]),
      rowsOf([1, 2, 3], [true, false, true]),
      rowsOf([1, 1, 1, 1], [true, true, false, false]),
    ]) {
      assert.notStrictEqual(reasonOf(Delong.interval(rows)), "defined")
      const { auroc } = Evaluation.evaluate(rows)
      assert.strictEqual(
        auroc.kind === "defined" && auroc.interval.kind === "defined" && auroc.interval.method,
        "newcombe-score",
      )
    }
  })

  it("Newcombe's interval is where its equation holds", () => {
    const [low, high] = endsOf(Auroc.newcombe(small))
    const area = valueOf(Auroc.auroc(small))
    for (const end of [low, high]) {
      const variance = (end * (1 - end) * (1 + (2 * (1 - end)) / (2 - end) + (2 * end) / (1 + end))) / 9
      assert.closeTo((area - end) ** 2, 1.959963984540054 ** 2 * variance, 1e-9)
    }
  })

  it("two equal scores", () => {
    const difference = Delong.difference(small, small)
    assert.strictEqual(valueOf(difference), 0)
    assert.strictEqual(difference.kind === "defined" && reasonOf(difference.interval), "no-variation")
  })
})

describe("comparison", () => {
  const noise = rowsOf(
    small.map((_, index) => (index * 5) % 6),
    small.map(({ correct }) => correct),
  )

  it("is antisymmetric", () => {
    const [there, back] = [Evaluation.compare(small, noise), Evaluation.compare(noise, small)]
    for (const name of ["auroc", "accuracyRejection", "predictionRejectionRatio"] as const) {
      assert.closeTo(valueOf(there[name]), -valueOf(back[name]), 1e-12)
      if (there[name].kind === "undefined" || back[name].kind === "undefined") continue
      assert.closeTo(endsOf(there[name].interval)[0], -endsOf(back[name].interval)[1], 1e-12)
    }
  })

  it("draws the same rows for both: a score and its double do not differ", () => {
    const { accuracyRejection } = Evaluation.compare(
      small,
      small.map((row) => ({ ...row, uncertainty: 2 * row.uncertainty })),
    )
    assert.deepStrictEqual(accuracyRejection, {
      kind: "defined",
      value: 0,
      interval: { kind: "undefined", reason: "no-variation" },
    })
  })
})

describe("Bootstrap", () => {
  it("is repeatable, and another seed is another draw", () => {
    const measures = { aurc: RiskCoverage.aurc }
    const first = Bootstrap.intervals(small, measures)
    assert.deepStrictEqual(Bootstrap.intervals(small, measures), first)
    assert.notDeepEqual(Bootstrap.intervals(small, measures, { seed: 1 }), first)
  })

  it("of a mean is near the normal interval", () => {
    const values = Array.from({ length: 400 }, (_, index) => index % 20)
    const mean = (drawn: ReadonlyArray<number>) => Measure.defined(drawn.reduce((a, b) => a + b) / drawn.length)
    const [low, high] = endsOf(Bootstrap.intervals(values, { mean }).mean)
    const half = (1.96 * Math.sqrt(33.25)) / 20
    assert.closeTo(low, 9.5 - half, 0.1)
    assert.closeTo(high, 9.5 + half, 0.1)
  })
})

describe("Wilson", () => {
  // R: binom::binom.confint(13, 30, methods = "wilson"), and (0, 10), (10, 10).
  it.each([
    [13, 30, 0.2738, 0.608],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
  ])("%i of %i", (successes, trials, low, high) => {
    const [l, h] = endsOf(Measure.wilson(successes, trials))
    assert.closeTo(l, low, 5e-4)
    assert.closeTo(h, high, 5e-4)
  })
})

describe("rounding is no order", () => {
  it("values that differ in their last bits are tied", () => {
    assert.notStrictEqual(0.3 + 0.6, 0.9)
    assert.strictEqual(valueOf(Auroc.auroc(rowsOf([0.3 + 0.6, 0.9], [true, false]))), 0.5)
    assert.strictEqual(valueOf(Auroc.auroc(rowsOf([1e-300, 2e-300], [true, false]))), 1)
  })
})

describe("bad rows are refused by name", () => {
  it.each([
    ["NaN", () => Auroc.auroc(rowsOf([0, NaN], [true, false])), /^rows\[1\]\.uncertainty: expected a finite number/],
    ["∞", () => Evaluation.evaluate(rowsOf([Infinity], [true])), /^rows\[0\]\.uncertainty/],
    ["a share above 1", () => RiskCoverage.aurc(rowsOf([0], [1.5])), /^rows\[0\]\.correct/],
    ["no share", () => PublishedRejection.areaInRowOrder(rowsOf([0], [NaN])), /^rows\[0\]\.correct/],
    [
      "a confidence above 1",
      () => Evaluation.evaluate([{ uncertainty: 0, correct: true, confidence: 2 }]),
      /confidence/,
    ],
    ["other rows", () => Evaluation.compare(small, small.slice(1)), /6 rows, as the first has/],
    ["other answers", () => Delong.difference(rowsOf([0], [true]), rowsOf([0], [false])), /^rows\[0\]\.correct/],
    ["too few resamples", () => Evaluation.evaluate(small, { resamples: 10 }), /at least 100/],
    ["another level", () => Evaluation.evaluate(small, { level: 0.8 as 0.9 }), /0\.9, 0\.95 or 0\.99/],
  ] as const)("%s", (_, run, message) => {
    let thrown: unknown
    try {
      run()
    } catch (error) {
      thrown = error
    }
    assert.instanceOf(thrown, EntropyError.EntropyError)
    assert.strictEqual(thrown.reason, "bad-value")
    assert.match(thrown.message, message)
  })
})
