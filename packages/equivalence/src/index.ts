/**
 * @since 0.1.0
 */
export * as AnswerKey from "./AnswerKey.ts"
export * as Compare from "./Compare.ts"
export * as Equivalence from "./Equivalence.ts"
export * as Extract from "./Extract.ts"
export * as Grade from "./Grade.ts"
export * as Normalize from "./Normalize.ts"
export * as Rational from "./Rational.ts"
export * as ReadNumber from "./ReadNumber.ts"
