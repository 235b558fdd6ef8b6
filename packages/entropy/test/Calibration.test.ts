import { Calibration, EntropyError, type Measure } from "@seed-grpo/entropy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import peers from "./fixtures/evaluation.json" with { type: "json" }

const rowsOf = (confidences: ReadonlyArray<number>, correct: ReadonlyArray<boolean | number>) =>
  confidences.map((confidence, index) => ({ confidence, correct: correct[index]! }))

const valueOf = (measure: Measure.Measure): number => {
  assert.strictEqual(measure.kind, "defined")
  return (measure as Measure.Defined).value
}

// scikit-learn's brier_score_loss, and the bins (low, high] of lm-polygraph's ece.py with 10 of them.
describe("against others", () => {
  it.each(peers.cases.map((one, index) => [index, one] as const))("case %i", (_, peer) => {
    const rows = rowsOf(peer.confidence, peer.correct)
    assert.closeTo(valueOf(Calibration.brier(rows)), peer.brier, 1e-12)
    assert.closeTo(
      valueOf(Calibration.expectedCalibrationError(rows, Calibration.equalWidth)),
      peer.equalWidthError,
      1e-12,
    )
  })
})

describe("bins", () => {
  it("of equal width end at their upper edge", () => {
    assert.deepStrictEqual(Calibration.equalWidth(rowsOf([0, 0.25, 0.26, 1], [1, 1, 1, 1]), 4), [0, 0, 1, 3])
  })

  it("of equal mass keep equal confidences together", () => {
    const rows = rowsOf([0.9, 0.1, 0.9, 0.5, 0.9, 0.9], [1, 0, 1, 0, 1, 1])
    assert.deepStrictEqual(Calibration.equalMass(rows, 3), [2, 0, 2, 0, 2, 2])
    assert.deepStrictEqual(Calibration.equalMass(rowsOf([0.1, 0.2, 0.3, 0.4], [0, 0, 0, 0]), 2), [0, 0, 1, 1])
  })

  it("hold every row once, with Wilson's interval", () => {
    const bins = Calibration.reliability(rowsOf([0.2, 0.2, 0.8, 0.8], [false, true, true, true]), undefined, 2)
    assert.deepStrictEqual(
      bins.map(({ accuracy, confidence, rows }) => [rows, confidence, accuracy]),
      [
        [2, 0.2, 0.5],
        [2, 0.8, 1],
      ],
    )
    assert.deepInclude(bins[1]!.interval, { kind: "defined", high: 1, method: "wilson" })
    const shares = Calibration.reliability(rowsOf([0.2], [0.5]))
    assert.deepStrictEqual(shares[0]!.interval, { kind: "undefined", reason: "not-binary" })
  })
})

const Rows = Schema.Array(
  Schema.Struct({
    confidence: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    correct: Schema.Boolean,
  }),
)

describe("whatever the rows", () => {
  it.prop("errors lie in [0, 1], and do not depend on the order", [Rows], ([rows]) => {
    for (const binning of [Calibration.equalMass, Calibration.equalWidth]) {
      const error = Calibration.expectedCalibrationError(rows, binning)
      assert.strictEqual(error.kind, rows.length === 0 ? "undefined" : "defined")
      if (error.kind === "undefined") continue
      assert.isAtLeast(error.value, 0)
      assert.isAtMost(error.value, 1)
      assert.closeTo(valueOf(Calibration.expectedCalibrationError(rows.toReversed(), binning)), error.value, 1e-12)
    }
  })
})

describe("the error of a calibrated score", () => {
  it("is that of coin throws: E|k/n − ½| for one bin", () => {
    // n = 4: (2·½ + 8·¼ + 6·0) / 16 = 0.1875; n = 16: 0.0981903.
    for (const [n, expected] of [
      [4, 0.1875],
      [16, 0.0981903],
    ] as const) {
      const level = Calibration.errorIfCalibrated(
        rowsOf(
          Array.from({ length: n }, () => 0.5),
          Array.from({ length: n }, () => true),
        ),
      )
      assert.strictEqual(level.kind, "defined")
      if (level.kind === "defined") assert.closeTo(level.mean, expected, 0.01)
    }
  })

  it("is 0 for certainty, and shares count as the answers behind them", () => {
    const level = Calibration.errorIfCalibrated(rowsOf([0, 1], [0, 1]))
    assert.deepStrictEqual(level, { kind: "defined", mean: 0, high: 0 })
    assert.closeTo(valueOf(Calibration.brier(rowsOf([0.5, 0.9], [0.25, 1]))), (0.25 + 0.01) / 2, 1e-12)
  })
})

describe("bad rows are refused by name", () => {
  it.each([
    ["a confidence that is none", () => Calibration.brier(rowsOf([NaN], [true])), /^rows\[0\]\.confidence/],
    ["an entropy", () => Calibration.reliability(rowsOf([0.5, 2.07], [1, 1])), /^rows\[1\]\.confidence/],
    ["no bins", () => Calibration.reliability(rowsOf([0.5], [1]), Calibration.equalWidth, 0), /^bins/],
  ] as const)("%s", (_, run, message) => {
    let thrown: unknown
    try {
      run()
    } catch (error) {
      thrown = error
    }
    assert.instanceOf(thrown, EntropyError.EntropyError)
    assert.match(thrown.message, message)
  })
})
