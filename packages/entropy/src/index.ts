/**
 * @since 0.1.0
 */
export * as Corrections from "./Corrections.ts"
export * as Coverage from "./Coverage.ts"
export * as EntropyError from "./EntropyError.ts"
export * as EntropyScorer from "./EntropyScorer.ts"
export * as Interval from "./Interval.ts"
export * as Posterior from "./Posterior.ts"
export * as Prior from "./Prior.ts"
export * as RunningEntropy from "./RunningEntropy.ts"
export * as Score from "./Score.ts"
export * as SemanticEntropy from "./SemanticEntropy.ts"
export * as Stopping from "./Stopping.ts"
export * as Unreadable from "./Unreadable.ts"
