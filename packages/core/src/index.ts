/**
 * @since 0.1.0
 */
export * as Attempt from "./Attempt.ts"
export * as Clustering from "./Clustering.ts"
export * as Clusters from "./Clusters.ts"
export type { Completion, FinishReason } from "./Completion.ts"
export * as Equivalent from "./Equivalent.ts"
export * as ExplainedError from "./ExplainedError.ts"
export type { Group } from "./Group.ts"
export * as Numeric from "./Numeric.ts"
export type { Problem } from "./Problem.ts"
export * as Rng from "./Rng.ts"
export * as SchemaProblems from "./SchemaProblems.ts"
export type {
  CompletionRecord,
  DynamicSamplingRecord,
  EvaluationRecord,
  RewardRecord,
  RunCursor,
  RunEvent,
  ScaleHistogram,
  StepRecord,
  StepTiming,
} from "./RunEvent.ts"
