/**
 * Infinitely many answers by one formula: `\{k\pi : k \in \mathbb{Z}\}`, or `k\pi, k \in \mathbb{Z}`.
 */
import type { Expression } from "../Expression.ts"

export interface Family {
  readonly element: Expression
  readonly parameter: string
  /** The numbers that the parameter runs through. */
  readonly set: string
}

const membership = (condition: Expression): { parameter: string; set: string } | undefined => {
  if (condition.type !== "relation" || condition.operators.length !== 1 || condition.operators[0] !== "∈")
    return undefined
  const [left, right] = condition.operands
  if (left?.type !== "symbol" || right?.type !== "namedSet") return undefined
  return { parameter: left.name, set: right.name + (right.sign ?? "") }
}

const valueOf = (element: Expression): Expression =>
  element.type === "relation" &&
  element.operators.length === 1 &&
  element.operators[0] === "=" &&
  element.operands[0]?.type === "symbol"
    ? element.operands[1]!
    : element

/** The family that an expression describes, if it does. */
export const family = (expression: Expression): Family | undefined => {
  const [element, conditions] =
    expression.type === "setBuilder"
      ? [expression.element, expression.conditions]
      : expression.type === "sequence" && expression.open === "" && expression.items.length === 2
        ? [expression.items[0]!, expression.items.slice(1)]
        : [expression, []]
  // `\{x \mid x = k\pi, k \in \mathbb{Z}\}`
  const [value, membershipOf] = conditions
  if (conditions.length === 2 && element.type === "symbol" && value!.type === "relation" && valueOf(value!) !== value) {
    return family({ type: "setBuilder", element: value!, conditions: [membershipOf!] })
  }
  if (conditions.length !== 1) return undefined
  const found = membership(conditions[0]!)
  return found === undefined || element.type === "symbol" ? undefined : { element: valueOf(element), ...found }
}
