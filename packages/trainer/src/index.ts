/**
 * @since 0.1.0
 */
export * as AdvantageConfig from "./AdvantageConfig.ts"
export * as Checkpoint from "./Checkpoint.ts"
export * as Evaluation from "./Evaluation.ts"
export * as HealthCheck from "./HealthCheck.ts"
export * as Pipeline from "./Pipeline.ts"
export * as RunConfig from "./RunConfig.ts"
export * as RunFolder from "./RunFolder.ts"
export * as RunHealth from "./RunHealth.ts"
export * as ScheduleConfig from "./ScheduleConfig.ts"
export * as ScoredGroup from "./ScoredGroup.ts"
export * as SignalChecks from "./SignalChecks.ts"
export * as Statistics from "./Statistics.ts"
export * as StepSummary from "./StepSummary.ts"
export * as Trainer from "./Trainer.ts"
export * as TrainStep from "./TrainStep.ts"
export * as UpdateChecks from "./UpdateChecks.ts"
