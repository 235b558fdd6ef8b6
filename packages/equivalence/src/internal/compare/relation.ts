/**
 * Equations, inequalities and definitions.
 */
import { cleared } from "../exact/Cleared.ts"
import * as Exact from "../exact/NormalForm.ts"
import type { Expression, RelationOperator } from "../../Expression.ts"
import { constantRatio } from "../numeric/Identity.ts"
import { minus } from "../parse/build.ts"
import { contains, substitute, symbols } from "../tree.ts"
import { inOrder } from "./collection.ts"
import { any, type Context, type Decision, different, equivalent } from "./decision.ts"
import { equal } from "./equal.ts"
import { mirrored } from "./order.ts"
import { withoutUnits } from "./quantity.ts"
import { compareAsSets } from "./realSet.ts"
import { byNumbers, compareScalars } from "./scalar.ts"
import { isFormula, isName } from "./kinds.ts"
import { assignment } from "./shape.ts"

type Relation = Extract<Expression, { type: "relation" }>

const GREATER = new Set<RelationOperator>([">", "≥"])
const isInequality = (operator: RelationOperator): boolean =>
  operator === "<" || operator === "≤" || GREATER.has(operator)

/** Is it a set of solutions, by its ends? */
const isSet = ({ type }: Expression): boolean => ["sequence", "setOperation", "setBuilder", "namedSet"].includes(type)

/** `f(x) = …`: a function of the text, applied to plain letters. */
const definition = (
  relation: Relation,
): { name: string; parameters: ReadonlyArray<string>; value: Expression } | undefined => {
  const [left, right] = relation.operands
  if (relation.operators.length !== 1 || relation.operators[0] !== "=" || left?.type !== "apply") return undefined
  if (!/^[A-Za-z]/.test(left.function) || KNOWN.test(left.function)) return undefined
  // `f(2) = 3` defines nothing.
  const parameters = left.arguments.flatMap((argument) => (argument.type === "symbol" ? [argument.name] : []))
  if (parameters.length < left.arguments.length) return undefined
  return { name: left.function, parameters, value: right! }
}
const KNOWN = /^(?:[a-z]{2,}|det|norm)$/i

/** A product of capital letters names a segment: `AB = 5`. */
const namesSegment = (expression: Expression): boolean =>
  // `P(X > 3)`
  (expression.type === "multiply" &&
    expression.factors.length === 2 &&
    expression.factors[0]!.type === "symbol" &&
    expression.factors[1]!.type === "relation") ||
  (expression.type === "apply" && expression.function === "abs" && namesSegment(expression.arguments[0]!)) ||
  (expression.type === "multiply" &&
    expression.factors.every((factor) => factor.type === "symbol" && /^[A-Z]/.test(factor.name)))

/** What a definition is about: `f(x)`, `y` and “Area” may be one thing, and `f'(x)`, `y'` and `dy/dx` another. */
const subjectOf = (
  relation: Relation,
): { name: string; means: string; text: boolean; value: Expression } | undefined => {
  const defined = definition(relation)
  const named = assignment(relation)
  const name =
    defined?.name ?? (named?.name.type === "symbol" ? named.name.name : named?.name.type === "text" ? "" : undefined)
  if (name === undefined) return undefined
  const means = name
    .replace(/^d([a-z])\/d[a-z]$/i, "$1'")
    .replace("^-1", "")
    .replace(/^[yz](?='*$)/, "f")
  return {
    name: defined === undefined ? name : `${name}()`,
    means,
    text: name === "",
    value: (defined ?? named)!.value,
  }
}

/** What an equation gives as the value of a name. */
const valueOf = (relation: Relation): Expression | undefined => {
  const named = assignment(relation)
  if (named !== undefined) return named.value
  const [left, right] = relation.operands
  if (relation.operators.length === 1 && relation.operators[0] === "=" && left!.type === "apply" && isName(left))
    return right
  return relation.operators.length === 1 && relation.operators[0] === "=" && namesSegment(relation.operands[0]!)
    ? relation.operands[1]!
    : undefined
}

export const compareRelation = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (gold.type === "relation" && answer.type === "relation") return compareBoth(gold, answer, context)
  const [relation, other] = gold.type === "relation" ? [gold, answer] : [answer as Relation, gold]
  const value = valueOf(relation)
  if (value !== undefined && !context.options.strictEquations) {
    return relation === gold ? equal(value, other, context) : equal(other, value, context)
  }
  // The reference may be an inequality that the answer solves; the reverse would reward an echo of the problem.
  if (isSet(other) && (relation === gold || context.options.inequalityForInterval)) {
    const sets = compareAsSets(relation, other, context)
    if (sets !== undefined) return sets
  }
  return different(
    "structure",
    relation === gold
      ? "the reference is a relation, the answer is not"
      : "the answer is a relation, the reference is not",
  )
}

const compareBoth = (gold: Relation, answer: Relation, context: Context): Decision => {
  const [g, a] = [gold.operators, answer.operators]
  const [name, other] = [assignment(gold), assignment(answer)]
  if (name !== undefined && other !== undefined && name.name.type === "symbol" && other.name.type === "symbol") {
    const self = (value: Expression, symbol: string) =>
      contains(value, (node) => node.type === "symbol" && node.name === symbol)
    if (
      name.name.name === other.name.name &&
      !self(name.value, name.name.name) &&
      !self(other.value, other.name.name)
    ) {
      const direct = equal(name.value, other.value, context)
      if (direct.outcome !== "different" || !isFormula(name.value) || !isFormula(other.value)) return direct
    }
  }
  const [subject, alias] = [subjectOf(gold), subjectOf(answer)]
  if (
    subject !== undefined &&
    alias !== undefined &&
    subject.name !== alias.name &&
    (subject.text || alias.text || subject.means === alias.means)
  ) {
    return equal(subject.value, alias.value, context)
  }
  const [defined, redefined] = [definition(gold), definition(answer)]
  if (defined !== undefined && redefined !== undefined) {
    if (defined.name !== redefined.name || defined.parameters.length !== redefined.parameters.length)
      return different("structure", "another function is defined")
    const renamed = redefined.parameters.reduce(
      (value, parameter, index) =>
        parameter === defined.parameters[index]
          ? value
          : substitute(value, parameter, { type: "symbol", name: defined.parameters[index]! }),
      redefined.value,
    )
    return equal(defined.value, renamed, context)
  }
  if (g.length === 1 && a.length === 1 && gold.operands.every(isFormula) && answer.operands.every(isFormula)) {
    if (g[0] === "=" && a[0] === "=") return compareEquations(gold, answer, context)
    if (isInequality(g[0]!) && isInequality(a[0]!)) return compareInequalities(gold, answer, context)
  }
  const sets = compareAsSets(gold, answer, context)
  if (sets !== undefined) return sets
  return bySides(gold, answer, context)
}

/** Side by side, in either order where that says the same. */
const bySides = (gold: Relation, answer: Relation, context: Context): Decision => {
  const oneWay = answer.operators.some((operator) => ONE_WAY.has(operator))
  return any(
    [answer, ...(oneWay ? [] : [mirror(answer)])]
      .filter(({ operators }) => operators.join() === gold.operators.join())
      .map(({ operands }) => inOrder(gold.operands, operands, context)),
  )
}

/** Relations that say something else when their sides are swapped. */
const ONE_WAY = new Set<RelationOperator>(["→", "∈", "∉", "⊂", "⊆", "∣"])
const mirror = (relation: Relation): Relation => ({
  type: "relation",
  operands: relation.operands.toReversed(),
  operators: relation.operators.toReversed().map(mirrored),
})

const difference = ({ operands: [left, right] }: Relation): Expression => withoutUnits(minus(left!, right!))

const isZero = (form: Exact.NormalForm | undefined): boolean => form?.numerator.length === 0

/** Equal when one difference of sides is a constant multiple of the other, denominators aside. */
const compareEquations = (gold: Relation, answer: Relation, context: Context): Decision => {
  const [a, b] = [difference(gold), difference(answer)]
  return symbols(a).size + symbols(b).size === 0
    ? bySides(gold, answer, context)
    : compareMultiples(a, b, cleared, () => true, context)
}

/** `a < b` as `b - a > 0`: equal when one such difference is a positive multiple of the other. */
const compareInequalities = (gold: Relation, answer: Relation, context: Context): Decision => {
  const strict = (relation: Relation) => /[<>]/.test(relation.operators[0]!)
  if (strict(gold) !== strict(answer)) return different("structure", "only one of the inequalities is strict")
  const positive = (relation: Relation) => difference(GREATER.has(relation.operators[0]!) ? relation : mirror(relation))
  return compareMultiples(
    positive(gold),
    positive(answer),
    (form) => form,
    (sign) => sign > 0,
    context,
  )
}

const compareMultiples = (
  a: Expression,
  b: Expression,
  prepared: typeof cleared,
  fits: (sign: number) => boolean,
  context: Context,
): Decision => {
  const { budget } = context
  const [x, y] = [Exact.normalForm(a, budget), Exact.normalForm(b, budget)]
  if (isZero(x) || isZero(y)) return compareScalars(a, b, context)
  const exact = x && y && Exact.proportional(prepared(x, budget), prepared(y, budget), budget)
  const opposite = different("exact", "the inequalities point in opposite directions")
  if (exact !== undefined)
    return fits(Number(exact.numerator)) ? equivalent("exact", "one is a multiple of the other") : opposite
  const ratio = constantRatio(a, b, context)
  return ratio.outcome === "equal" && !fits(ratio.sign ?? 0)
    ? opposite
    : byNumbers(ratio, "one is a multiple of the other")
}
