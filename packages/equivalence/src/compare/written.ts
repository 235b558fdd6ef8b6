/**
 * A tree as text: the same for the same tree.
 */
import type { Expression } from "../Expression.ts"

export const written = (expression: Expression): string =>
  JSON.stringify(expression, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))
