/**
 * @since 0.1.0
 */
export * as PolicySampler from "./PolicySampler.ts"
export * as RecordedSampler from "./RecordedSampler.ts"
export * as Sampler from "./Sampler.ts"
