/**
 * @since 0.1.0
 */
export * as Arithmetic from "./Arithmetic.ts"
export * as Batches from "./Batches.ts"
export * as Benchmark from "./Benchmark.ts"
export * as Curriculum from "./Curriculum.ts"
export * as ProblemFile from "./ProblemFile.ts"
export * as ProblemOrder from "./ProblemOrder.ts"
export * as Template from "./Template.ts"
