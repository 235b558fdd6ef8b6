/**
 * @since 0.1.0
 */
export * as Buckets from "./Buckets.ts"
export * as Compile from "./Compile.ts"
export { compile, compileEach } from "./Compile.ts"
export * as CompileError from "./CompileError.ts"
export * as ControlFlow from "./ControlFlow.ts"
export * as DiskCache from "./DiskCache.ts"
export * as DynamicSlice from "./DynamicSlice.ts"
export * as Graph from "./Graph.ts"
export * as Ladder from "./Ladder.ts"
export * as OutputShapes from "./OutputShapes.ts"
export * as Program from "./Program.ts"
export * as Random from "./Random.ts"
export * as Spec from "./Spec.ts"
export * as Tree from "./Tree.ts"
