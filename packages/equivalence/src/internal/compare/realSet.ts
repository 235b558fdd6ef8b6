/**
 * Answers that describe a set of real numbers: intervals, unions, solutions of inequalities, everything that has ends.
 */
import type { Expression } from "../../Expression.ts"
import { integer, list, symbol } from "../parse/build.ts"
import * as Rational from "../../Rational.ts"
import { mapChildren, symbols, written } from "../tree.ts"
import { after, ALL, before, between, combine, type Cut, NoOrder, point, type RealSet } from "./cuts.ts"
import { type Context, type Decision, different, pairwise } from "./decision.ts"
import { infinite, isCondition, isName, type Of, sides } from "./kinds.ts"
import { rationalOf } from "./order.ts"
import { compareScalars } from "./scalar.ts"
import { halfLine, isConstant, solutions } from "./solutions.ts"

/** `0 < f(x) < 1` says of f(x) what `0 < x < 1` says of x; `f(1)` is a name of its own. */
const unapplied = (expression: Expression): Expression =>
  expression.type === "apply" && isName(expression)
    ? symbol(/^[a-z]/.test([...symbols(expression)].join()) ? expression.function : written(expression))
    : expression.type === "relation" || expression.type === "sequence"
      ? mapChildren(expression, unapplied)
      : expression

/** The names that relations are about. */
const variablesOf = (expression: Expression): ReadonlyArray<string> => [...symbols(unapplied(expression))].toSorted()

const fromRelation = (relation: Of<"relation">, context: Context): RealSet | undefined => {
  const [variable, ...others] = variablesOf(relation)
  const operands = relation.operands.map(unapplied)
  if (variable === undefined || others.length > 0) return undefined
  return combined(
    "∩",
    relation.operators.map((operator, index) =>
      solutions(operands[index]!, operator, operands[index + 1]!, variable, context),
    ),
    context,
  )
}

/** `combine`, where every set is known. */
const combined = (
  operator: Parameters<typeof combine>[0],
  sets: ReadonlyArray<RealSet | undefined>,
  context: Context,
): RealSet | undefined => {
  const known = sets.filter((set) => set !== undefined)
  return known.length < sets.length ? undefined : combine(operator, known, context)
}

/** The most numbers that a set is listed with. */
const MAX_LISTED = 100

/** The first whole number after a cut. */
const wholeAfter = ({ after, value }: Cut, context: Context): bigint | undefined => {
  const end = rationalOf(value, context.budget)
  return end && Rational.floor(end) + (after || end.denominator !== 1n ? 1n : 0n)
}

/** The numbers of a set that have a sign, or are whole, these one by one where they are few. */
const restricted = (set: RealSet, { name, sign }: Of<"namedSet">, context: Context): RealSet | undefined => {
  const half = name === "N" || sign === "+" ? ">" : sign && "<"
  const within = half === undefined ? set : combine("∩", [set, halfLine(integer(0), half)!], context)
  if (name === "R") return within
  if (name !== "Z" && name !== "N") return undefined
  const points: Array<Cut> = []
  for (let at = 0; at < within.length; at += 2) {
    const [first, end] = [wholeAfter(within[at]!, context), wholeAfter(within[at + 1]!, context)]
    if (first === undefined || end === undefined || end - first > BigInt(MAX_LISTED)) return undefined
    for (let n = first; n < end; n++) points.push(...point(integer(n)))
  }
  return points
}

const build = (expression: Expression, context: Context): RealSet | undefined => {
  switch (expression.type) {
    case "namedSet":
      return restricted(ALL, expression, context)
    case "sequence": {
      const { close, items, open } = expression
      const listed = open === "{" || (open === "" && items.length > 0 && items.length <= MAX_LISTED)
      if (listed && items.every(isConstant)) return combine("∪", [[], ...items.map(point)], context)
      if (open === "") return fromList(expression, context)
      const [low, high] = items
      if (items.length !== 2 || /[{⟨]/.test(open) || !items.every(isConstant)) return undefined
      return between(open === "[" ? before(low!) : after(low!), close === "]" ? after(high!) : before(high!), context)
    }
    case "setOperation":
      return combined(
        expression.operator,
        expression.operands.map((operand) => build(operand, context)),
        context,
      )
    case "setBuilder":
      return fromBuilder(expression, context)
    case "relation": {
      const member = sides(expression, "∈")
      return member ? build(member[1], context) : fromRelation(expression, context)
    }
    default:
      return undefined
  }
}

const fromBuilder = ({ conditions, element }: Of<"setBuilder">, context: Context): RealSet | undefined => {
  // `\{x \in \mathbb{R} : x > 1\}`
  const [variable] = element.type === "relation" ? element.operands : [element]
  if (variable?.type !== "symbol") return undefined
  const all = element.type === "relation" ? [element, ...conditions] : conditions
  const domainOf = (condition: Expression) => {
    const set = sides(condition, "∈")?.[1]
    return set?.type === "namedSet" ? set : undefined
  }
  const sets = all.filter((condition) => domainOf(condition) === undefined).map((item) => build(item, context))
  const whole = combined("∩", [ALL, ...sets], context)
  return all.reduce<RealSet | undefined>((set, condition) => {
    const domain = domainOf(condition)
    return set && domain ? restricted(set, domain, context) : set
  }, whole)
}

/** An interval that cannot be a point. */
const isInterval = (item: Expression): boolean =>
  item.type === "sequence" &&
  item.items.length === 2 &&
  (item.open + item.close !== "()" || item.items.some((end) => infinite(end) !== undefined))

/** Conditions in a row: by the word between them, else together where they leave something out only together. */
const fromList = ({ connective, items }: Of<"sequence">, context: Context): RealSet | undefined => {
  if (!items.every((item) => item.type === "relation" || item.type === "setOperation" || isInterval(item)))
    return undefined
  // `a = 3, b = 4` is a point, no set of numbers.
  if (items.some(({ type }) => type === "relation") && variablesOf(list(items)).length !== 1) return undefined
  const sets = items.map((item) => build(item, context))
  // `(1,2) and (3,4)` are two parts of one set.
  if (connective === "and" && items.some(isCondition)) return combined("∩", sets, context)
  const union = combined("∪", sets, context)
  const everything = union?.length === 2 && union.every(({ value }) => infinite(value) !== undefined)
  return everything && connective === undefined ? combined("∩", sets, context) : union
}

/** The real numbers that an expression describes, where it describes a set of them whose ends can be ordered. */
export const realSet = (expression: Expression, context: Context): RealSet | undefined => {
  try {
    return build(expression, context)
  } catch (error) {
    if (error instanceof NoOrder) return undefined
    throw error
  }
}

/** Compares two sets of real numbers, where both are; conditions on different variables are no such sets. */
export const compareAsSets = (gold: Expression, answer: Expression, context: Context): Decision | undefined => {
  const [names, others] = [gold, answer].map((side) =>
    side.type === "relation" || side.type === "sequence" ? variablesOf(side).join() : "",
  )
  if (names !== "" && others !== "" && names !== others) return undefined
  const [g, a] = [realSet(gold, context), realSet(answer, context)]
  return (
    g &&
    a &&
    pairwise(
      g,
      a,
      (cut, other) =>
        cut.after === other.after
          ? compareScalars(cut.value, other.value, context)
          : different("structure", "an end belongs to only one"),
      "the same set",
    )
  )
}
