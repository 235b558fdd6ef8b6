/**
 * Formulas, antiderivatives among them.
 */
import type { Expression } from "../../Expression.ts"
import { differenceIsConstant } from "../numeric/Identity.ts"
import { add } from "../parse/build.ts"
import { type Context, type Decision, different } from "./decision.ts"
import { byNumbers, compareScalars } from "./scalar.ts"

/** A constant of integration, and what stands beside it. */
const withoutConstant = (expression: Expression): { name: string; rest: Expression } | undefined => {
  if (expression.type !== "add") return undefined
  const [constant, more] = expression.terms.flatMap((term) =>
    term.type === "symbol" && /^[CcKk](?:_\d)?$/.test(term.name) ? [term] : [],
  )
  return constant === undefined || more !== undefined
    ? undefined
    : { name: constant.name, rest: add(...expression.terms.filter((term) => term !== constant)) }
}

const antiderivative = (side: Expression) => (side.type === "integral" && side.lower === undefined ? side : undefined)

/** Compares formulas, where antiderivatives need not have the same constant. */
export const compareFormulas = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [one, other] = [antiderivative(gold), antiderivative(answer)]
  const variable = (one ?? other)?.variable
  if (variable !== undefined) {
    if (one && other && other.variable !== variable) return different("structure", "another variable")
    const derived = (body: Expression): Expression => ({ type: "derivative", variable, order: 1, body })
    return compareScalars(one?.body ?? derived(gold), other?.body ?? derived(answer), context)
  }
  const direct = compareScalars(gold, answer, context)
  if (direct.outcome === "equivalent") return direct
  const [g, a] = [withoutConstant(gold), withoutConstant(answer)]
  // A small `c` on both sides is a number like any other.
  if (g === undefined || a === undefined || !(g.name + a.name).includes("C")) return direct
  const tested = byNumbers(differenceIsConstant(g.rest, a.rest, context), "the same up to a constant")
  return tested.outcome === "equivalent" ? tested : direct
}
