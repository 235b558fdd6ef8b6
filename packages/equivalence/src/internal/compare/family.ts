/**
 * Infinitely many answers by one formula: `\{k\pi : k \in \mathbb{Z}\}`, or `k\pi, k \in \mathbb{Z}`.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression } from "../../Expression.ts"
import { apply, divide, integer, minus, negate, symbol } from "../parse/build.ts"
import { substitute } from "../tree.ts"
import { any, type Context, type Decision, different } from "./decision.ts"
import { equal } from "./equal.ts"
import { compareScalars } from "./scalar.ts"

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
  if (conditions.length === 2 && element.type === "symbol" && value!.type === "relation" && valueOf(value) !== value) {
    return family({ type: "setBuilder", element: value, conditions: [membershipOf!] })
  }
  if (conditions.length !== 1) return undefined
  const found = membership(conditions[0]!)
  return found === undefined || element.type === "symbol" ? undefined : { element: valueOf(element), ...found }
}

/** `a + bk` and `a' ± bk` run through the same numbers when a - a' is a multiple of b. */
export const compareFamilies = (gold: Family, answer: Family, context: Context): Decision => {
  if (gold.set !== answer.set) return different("structure", "the parameter runs through another set")
  const elements = [gold.element, substitute(answer.element, answer.parameter, symbol(gold.parameter))]
  const direct = equal(elements[0]!, elements[1]!, context)
  const linear = elements.every((element) => {
    const form = Exact.normalForm(element, context.budget)
    return form !== undefined && Exact.isLinear(form, gold.parameter)
  })
  if (direct.outcome === "equivalent" || gold.set !== "Z" || !linear) return direct
  const [start, first] = [0, 1].map((k) => elements.map((each) => substitute(each, gold.parameter, integer(k))))
  const [step, other] = first!.map((value, index) => minus(value, start![index]!))
  const steps = any([compareScalars(step!, other!, context), compareScalars(step!, negate(other!), context)])
  if (steps.outcome !== "equivalent") return steps
  const shift = divide(minus(start![0]!, start![1]!), step!)
  return compareScalars(shift, apply("round", shift), context)
}
