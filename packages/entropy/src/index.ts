/**
 * @since 0.1.0
 */
export * as EntropyError from "./EntropyError.ts"
export * as EntropyScorer from "./EntropyScorer.ts"
export * as Judge from "./Judge.ts"
export * as JudgeError from "./JudgeError.ts"
export * as ReleasedRule from "./ReleasedRule.ts"
export * as Score from "./Score.ts"
export * as SemanticEntropy from "./SemanticEntropy.ts"
export * as Unreadable from "./Unreadable.ts"
export * as Variants from "./Variants.ts"
