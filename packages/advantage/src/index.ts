/**
 * @since 0.1.0
 */
export * as AdvantageEstimator from "./AdvantageEstimator.ts"
export * as Baseline from "./Baseline.ts"
export * as Modulation from "./Modulation.ts"
export * as ScalePreview from "./ScalePreview.ts"
