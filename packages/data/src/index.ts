/**
 * @since 0.1.0
 */
export * as Arithmetic from "./Arithmetic.ts"
