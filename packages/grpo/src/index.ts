/**
 * @since 0.1.0
 */
export * as Accumulation from "./Accumulation.ts"
export * as AdamW from "./AdamW.ts"
export * as AmsGrad from "./AmsGrad.ts"
export * as CompiledUpdate from "./CompiledUpdate.ts"
export * as DrGrpo from "./DrGrpo.ts"
export * as GradientNorm from "./GradientNorm.ts"
export * as Grpo from "./Grpo.ts"
export * as GrpoOptimizer from "./GrpoOptimizer.ts"
export * as LearningRate from "./LearningRate.ts"
export * as Objective from "./Objective.ts"
export * as Optimizer from "./Optimizer.ts"
export * as ParameterGroups from "./ParameterGroups.ts"
export * as PolicyGradient from "./PolicyGradient.ts"
export * as Sgd from "./Sgd.ts"
export * as Supervised from "./Supervised.ts"
export * as Surrogate from "./Surrogate.ts"
