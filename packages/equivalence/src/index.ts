/**
 * @since 0.1.0
 */
export * as AnswerKey from "./AnswerKey.ts"
export * as Cluster from "./Cluster.ts"
export * as Compare from "./Compare.ts"
export * as Equivalence from "./Equivalence.ts"
export type * as Expression from "./Expression.ts"
export * as Extract from "./Extract.ts"
export * as Grade from "./Grade.ts"
export * as Parse from "./Parse.ts"
export * as Print from "./Print.ts"
export * as Rational from "./Rational.ts"
export * as Row from "./Row.ts"
