/**
 * Equations, inequalities and definitions.
 */
import { cleared } from "../exact/Cleared.ts"
import * as Exact from "../exact/NormalForm.ts"
import type { Expression, RelationOperator } from "../../Expression.ts"
import { constantRatio } from "../numeric/Identity.ts"
import { minus, symbol } from "../parse/build.ts"
import { substitute, symbols } from "../tree.ts"
import { inOrder } from "./collection.ts"
import { any, type Context, type Decision, different, equivalent } from "./decision.ts"
import { equal } from "./equal.ts"
import { isFormula, isUnordered, type Of, sides } from "./kinds.ts"
import { isAlias, subjectOf, valueOf } from "./naming.ts"
import { mirrored } from "./order.ts"
import { withoutUnits } from "./quantity.ts"
import { compareAsSets } from "./realSet.ts"
import { byNumbers, compareScalars } from "./scalar.ts"

type Relation = Of<"relation">

/** Compares two answers of which at least one is a relation. */
export const compareRelation = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (gold.type === "relation" && answer.type === "relation") return compareBoth(gold, answer, context)
  const [relation, other] = gold.type === "relation" ? [gold, answer] : [answer, gold]
  const value = valueOf(relation) ?? identical(relation, context)
  if (value !== undefined && !context.options.strictEquations) {
    const decision = relation === gold ? equal(value, other, context) : equal(other, value, context)
    if (decision.outcome !== "different" || !isUnordered(other)) return decision
  }
  // `x > 1, x < 2` and `1 < x < 2`
  const conditions = isUnordered(other) && other.items.every(({ type }) => type === "relation")
  // The reference may be an inequality that the answer solves; the reverse would reward an echo of the problem.
  const solved =
    /^se|^namedSet/.test(other.type) && (relation === gold || context.options.inequalityForInterval === true)
  return (
    (conditions || solved ? compareAsSets(gold, answer, context) : undefined) ??
    different("structure", "only one is a relation")
  )
}

/** The right side of an identity: `x^2 + 2x + 1 = (x + 1)^2`. */
const identical = (relation: Expression, context: Context): Expression | undefined => {
  const [left, right] = sides(relation, "=") ?? []
  return left && right && equal(left, right, context).outcome === "equivalent" ? right : undefined
}

/** Capital letters are no parameters but what a function is applied to: `P(A)`. */
const signature = (parameters: ReadonlyArray<string>): string => parameters.join().replaceAll(/[a-z]\w*/g, "x")

const compareBoth = (gold: Relation, answer: Relation, context: Context): Decision => {
  const [subject, other] = [subjectOf(gold), subjectOf(answer)]
  if (subject !== undefined && other !== undefined) {
    const { name, parameters, value } = subject
    if (isAlias(subject, other)) return equal(value, other.value, context)
    if (parameters !== undefined && other.parameters !== undefined) {
      if (name !== other.name || signature(parameters) !== signature(other.parameters))
        return different("structure", "another function")
      const renamed = other.parameters.reduce(
        (body, parameter, index) =>
          parameter === parameters[index] ? body : substitute(body, parameter, symbol(parameters[index]!)),
        other.value,
      )
      return equal(value, renamed, context)
    }
    // `x = 2x - 1` gives no value for x.
    if (name !== "" && name === other.name && ![value, other.value].some((side) => symbols(side).has(name))) {
      const direct = equal(value, other.value, context)
      if (direct.outcome !== "different" || !isFormula(value) || !isFormula(other.value)) return direct
    }
  }
  const [g, a] = [oneSided(gold), oneSided(answer)]
  if (g !== undefined && a !== undefined && symbols(g.side).size + symbols(a.side).size > 0) {
    if (g.operator !== a.operator) return different("structure", `${a.operator} is not ${g.operator}`)
    return compareMultiples(g.side, a.side, g.operator === "=", context)
  }
  return compareAsSets(gold, answer, context) ?? bySides(gold, answer, context)
}

/** Side by side, in either order where that says the same. */
const bySides = (gold: Relation, answer: Relation, context: Context): Decision =>
  any(
    (/[→∈∉⊂⊆∣]/.test(answer.operators.join("")) ? [answer] : [answer, mirror(answer)])
      .filter(({ operators }) => operators.join("") === gold.operators.join(""))
      .map(({ operands }) => inOrder(gold.operands, operands, context)),
  )

const mirror = ({ operands, operators }: Relation): Relation => ({
  type: "relation",
  operands: operands.toReversed(),
  operators: operators.toReversed().map(mirrored),
})

/** `a < b` as `b - a > 0`, and `a = b` as `a - b = 0`. */
const oneSided = (relation: Relation): { operator: RelationOperator; side: Expression } | undefined => {
  const { operands, operators } = /^[<≤]$/.test(relation.operators.join("")) ? mirror(relation) : relation
  const [left, right] = operands
  return /^[=>≥]$/.test(operators.join("")) && operands.every(isFormula)
    ? { operator: operators[0]!, side: withoutUnits(minus(left!, right!)) }
    : undefined
}

/** Is one a constant multiple of the other? Denominators of equations aside; a positive one for inequalities. */
const compareMultiples = (a: Expression, b: Expression, equation: boolean, context: Context): Decision => {
  const { budget } = context
  const [x, y] = [a, b].map((side) => Exact.normalForm(side, budget))
  if (x?.numerator.length === 0 || y?.numerator.length === 0) return compareScalars(a, b, context)
  const prepared = (form: Exact.NormalForm) => (equation ? cleared(form, budget) : form)
  const exact = x && y && Exact.proportional(prepared(x), prepared(y), budget)
  const ratio = exact ? undefined : constantRatio(a, b, context)
  const reason = "one is a multiple of the other"
  const decision = ratio ? byNumbers(ratio, reason) : equivalent("exact", reason)
  const positive = (exact ? Number(exact.numerator) : (ratio?.sign ?? 0)) > 0
  return decision.outcome !== "equivalent" || equation || positive ? decision : different("exact", "another direction")
}
