/**
 * Infinitely many answers by one formula: `\{k\pi : k \in \mathbb{Z}\}`, or `k\pi, k \in \mathbb{Z}`.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression } from "../../Expression.ts"
import { apply, divide, integer, minus, symbol } from "../parse/build.ts"
import { substitute } from "../tree.ts"
import { type Context, type Decision, different } from "./decision.ts"
import { equal } from "./equal.ts"
import { sides } from "./kinds.ts"
import { compareScalars } from "./scalar.ts"

export interface Family {
  readonly element: Expression
  readonly parameter: string
  /** The numbers that the parameter runs through. */
  readonly set: string
}

/** The right side of `x = …`. */
const valueOf = (expression: Expression): Expression | undefined => {
  const [left, right] = sides(expression, "=") ?? []
  return left?.type === "symbol" ? right : undefined
}

/** The family that an expression describes, if it does. */
export const family = (expression: Expression): Family | undefined => {
  const parts =
    expression.type === "setBuilder"
      ? [expression.element, ...expression.conditions]
      : expression.type === "sequence" && expression.open === ""
        ? expression.items
        : []
  // `\{x \mid x = k\pi, k \in \mathbb{Z}\}`
  const given = parts.length === 3 && parts[0]!.type === "symbol" && valueOf(parts[1]!) !== undefined
  const [element, condition, ...others] = given ? parts.slice(1) : parts
  const [parameter, set] = (condition && sides(condition, "∈")) ?? []
  return parameter?.type !== "symbol" || set?.type !== "namedSet" || element!.type === "symbol" || others.length > 0
    ? undefined
    : { element: valueOf(element!) ?? element!, parameter: parameter.name, set: set.name + (set.sign ?? "") }
}

/** `a + bk` and `a' ± bk` run through the same numbers when a - a' is a multiple of b. */
export const compareFamilies = (gold: Family, answer: Family, context: Context): Decision => {
  if (gold.set !== answer.set) return different("structure", "another set")
  const { element, parameter } = gold
  const other = substitute(answer.element, answer.parameter, symbol(parameter))
  const direct = equal(element, other, context)
  const linear = [element, other].every((side) => {
    const form = Exact.normalForm(side, context.budget)
    return form !== undefined && Exact.isLinear(form, parameter)
  })
  if (direct.outcome === "equivalent" || gold.set !== "Z" || !linear) return direct
  const at = (side: Expression, k: number) => substitute(side, parameter, integer(k))
  const step = (side: Expression) => minus(at(side, 1), at(side, 0))
  const steps = compareScalars(apply("abs", step(element)), apply("abs", step(other)), context)
  if (steps.outcome !== "equivalent") return steps
  const shift = divide(minus(at(element, 0), at(other, 0)), step(element))
  return compareScalars(shift, apply("round", shift), context)
}
