/**
 * @since 0.1.0
 */
export * as EntropyError from "./EntropyError.ts"
export * as EntropyScorer from "./EntropyScorer.ts"
export * as Judge from "./Judge.ts"
export * as JudgeError from "./JudgeError.ts"
export * as KernelEntropy from "./KernelEntropy.ts"
export * as Lexical from "./Lexical.ts"
export * as Predictive from "./Predictive.ts"
export * as ReleasedRule from "./ReleasedRule.ts"
export * as Score from "./Score.ts"
export * as SemanticDensity from "./SemanticDensity.ts"
export * as SemanticEntropy from "./SemanticEntropy.ts"
export * as Similarity from "./Similarity.ts"
export * as Snne from "./Snne.ts"
export * as Spectral from "./Spectral.ts"
export * as Unreadable from "./Unreadable.ts"
export * as Variants from "./Variants.ts"
