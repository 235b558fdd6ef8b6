/**
 * Do two expressions mean the same? Each kind of answer goes to the comparison that it needs.
 */
import type { Expression } from "../../Expression.ts"
import { integer, list, multiply, symbol, tuple } from "../parse/build.ts"
import { children, contains, mapChildren, symbols } from "../tree.ts"
import { inAnyOrder, inOrder } from "./collection.ts"
import { type Context, type Decision, different, equivalent, pairwise } from "./decision.ts"
import { compareFamilies, family } from "./family.ts"
import { compareFormulas } from "./formula.ts"
import { type Collection, isFormula, isImaginary, isUnordered } from "./kinds.ts"
import { inUnitVectors } from "./linear.ts"
import { compareMatrices } from "./matrix.ts"
import { compareQuantities } from "./quantity.ts"
import { compareAsSets } from "./realSet.ts"
import { compareRelation } from "./relation.ts"
import { compareScalars } from "./scalar.ts"
import { assignment, shape } from "./shape.ts"
import { compareWords, plainText } from "./text.ts"

/** Compares a reference with an answer. */
export const equal = (one: Expression, other: Expression, context: Context): Decision => {
  context.budget.spend(10)
  const [gold, answer] = [shape(one), shape(other)]
  const measured = compareQuantities(gold, answer, context)
  if (measured !== undefined) return measured
  if (gold.type === "text" && answer.type === "text") return compareWords(plainText(gold.text), plainText(answer.text))
  if (gold.type === "text" || answer.type === "text") return different("structure", "only one is words")
  if (gold.type === "relation" || answer.type === "relation") return compareWithRelation(gold, answer, context)
  const [g, a] = [family(gold), family(answer)]
  if (g !== undefined && a !== undefined) return compareFamilies(g, a, context)
  if (isUnordered(gold) && isUnordered(answer)) return compareLists(gold, answer, context)
  if (isUnordered(gold) || isUnordered(answer)) return compareWithList(gold, answer, context)
  if (gold.type === "matrix" || answer.type === "matrix")
    return compareMatrices(gold, answer, context) ?? compareOthers(columns(gold), columns(answer), context)
  if (gold.type === "sequence" && answer.type === "sequence") return compareTuples(gold, answer, context)
  return isFormula(gold) && isFormula(answer)
    ? compareFormulas(gold, answer, context)
    : compareOthers(gold, answer, context)
}

const columns = (side: Expression): Expression =>
  side.type === "matrix" && side.rows.every((row) => row.length === 1) ? tuple(side.rows.flat()) : side

const single = (side: Expression): Expression => (isUnordered(side) && side.items.length === 1 ? side.items[0]! : side)

const compareWithRelation = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [g, a] = [single(gold), single(answer)]
  if (g !== gold || a !== answer) return equal(g, a, context)
  // Conditions in a row against one chain: `x > 1, x < 2` and `1 < x < 2`.
  const listed = [gold, answer].find(isUnordered)
  const sets = listed?.items.every(({ type }) => type === "relation") ? compareAsSets(gold, answer, context) : undefined
  return sets ?? compareRelation(gold, answer, context)
}

const compareLists = (gold: Collection, answer: Collection, context: Context): Decision => {
  const direct = inAnyOrder(gold, answer, context)
  const conditions = [...gold.items, ...answer.items].some(({ type }) => type === "relation")
  return (direct.outcome === "different" && conditions ? compareAsSets(gold, answer, context) : undefined) ?? direct
}

const compareWithList = (gold: Expression, answer: Expression, context: Context): Decision => {
  const [listed, other] = isUnordered(gold) ? [gold, answer] : [answer as Collection, gold]
  const against = (side: Expression) => (listed === gold ? equal(side, other, context) : equal(other, side, context))
  if (listed.items.length === 1 && !other.type.startsWith("set")) return against(listed.items[0]!)
  // `a = 1, b = 2` names the parts of a point.
  const parts = listed.items.flatMap((item) => assignment(item) ?? [])
  const isPoint = other.type === "matrix" || (other.type === "sequence" && other.open !== "[")
  if (isPoint && parts.length === listed.items.length) {
    const name = (part: (typeof parts)[number]) => (part.name.type === "symbol" ? part.name.name : "")
    const sorted = parts.toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
    return against(tuple(sorted.map(({ value }) => value)))
  }
  const core = withoutConditions(listed, other)
  if (core !== undefined) return against(core)
  if (other.type === "sequence" && other.open === "[" && other.items.every(({ type }) => type === "sequence"))
    return inAnyOrder(gold as Collection, answer as Collection, context)
  const matrices = compareMatrices(gold, answer, context)
  if (matrices?.outcome === "equivalent") return matrices
  // A list of conditions solves nothing that the reference gives as a set.
  const echo = listed === answer && listed.open === ""
  return (echo ? undefined : compareAsSets(gold, answer, context)) ?? different("structure", "only one is a list")
}

/** `2n + 1, n \ge 1` without what it says of `n`, where the other side has `n` as well and says nothing of it. */
const withoutConditions = ({ items, open }: Collection, other: Expression): Expression | undefined => {
  const [value, ...conditions] = items
  if (open !== "" || value === undefined) return undefined
  if (value.type === "relation" ? value.operators[0] !== "=" : !isFormula(value)) return undefined
  const [own, theirs] = [symbols(value), symbols(other)]
  // The parameter of `f(x) = x, x \in \mathbb{R}` has any name.
  const defines = value.type === "relation" && value.operands[0]!.type === "apply"
  const drops = conditions.every(
    (condition) =>
      condition.type === "relation" &&
      !condition.operators.includes("=") &&
      [...symbols(condition)].every((name) => own.has(name) && (defines || theirs.has(name))),
  )
  return drops ? value : undefined
}

type Sequence = Extract<Expression, { type: "sequence" }>

const compareTuples = (gold: Sequence, answer: Sequence, context: Context): Decision => {
  const brackets = ({ close, open }: Sequence) =>
    open === "⟨" ? "()" : open.replace("]", "(") + close.replace("[", ")")
  return gold.items.length === 2 && answer.items.length === 2 && brackets(gold) !== brackets(answer)
    ? different("structure", "an end belongs to only one of the intervals")
    : inOrder(gold.items, answer.items, context)
}

/** The letter i, which was read as a number, as a unit vector. */
const replaceUnit = (expression: Expression): Expression =>
  isImaginary(expression) ? symbol("i") : mapChildren(expression, replaceUnit)

type Based = Extract<Expression, { type: "based" }>

const valueOf = ({ base, digits }: Based): bigint | undefined => {
  let value = 0n
  for (const digit of digits.slice(0, 5000)) {
    const worth = Number.parseInt(digit, 36)
    if (worth >= base) return undefined
    value = value * BigInt(base) + BigInt(worth)
  }
  return value
}

/** A numeral to base ten is a plain one. */
const compareBased = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (gold.type === "based" && answer.type === "based") {
    const [g, a] = [valueOf(gold), valueOf(answer)]
    return g !== undefined && g === a ? equivalent("exact", "the same number") : different("exact", "another number")
  }
  const plain = (side: Expression) => (side.type === "based" && side.base === 10 ? integer(BigInt(side.digits)) : side)
  const [g, a] = [plain(gold), plain(answer)]
  return g === gold && a === answer ? KINDS : equal(g, a, context)
}

const KINDS = different("structure", "answers of different kinds")

const compareOthers = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (gold.type === "based" || answer.type === "based") return compareBased(gold, answer, context)
  if (gold.type === "ratio" || answer.type === "ratio") return compareRatios(gold, answer, context)
  const named = gold.type === "namedSet" && answer.type === "namedSet"
  const sets = named ? undefined : compareAsSets(gold, answer, context)
  if (sets !== undefined) return sets
  // A set may be a plain letter: `\mathbf{R}`.
  const nameOf = (side: Expression) =>
    side.type === "namedSet" ? side.name + (side.sign ?? "") : side.type === "symbol" ? side.name : undefined
  if (gold.type === "namedSet" || answer.type === "namedSet") {
    return nameOf(gold) === nameOf(answer)
      ? equivalent("structure", "the same set")
      : different("structure", "another set")
  }
  const [vector, formula] = gold.type === "sequence" ? [gold, answer] : [answer, gold]
  if (vector.type === "sequence" && vector.items.length <= 3 && /[(⟨]/.test(vector.open) && isFormula(formula)) {
    if (contains(formula, isImaginary) || symbols(formula).has("j"))
      return compareScalars(inUnitVectors(vector.items), replaceUnit(formula), context)
  }
  const operator = (side: Expression) => ("operator" in side ? side.operator : undefined)
  if (gold.type !== answer.type || operator(gold) !== operator(answer)) return KINDS
  const [g, a] = [children(gold), children(answer)]
  return /[∪∩]/.test(operator(gold) ?? "") ? inAnyOrder(list(g), list(a), context) : inOrder(g, a, context)
}

const compareRatios = (gold: Expression, answer: Expression, context: Context): Decision => {
  const terms = (side: Expression): ReadonlyArray<Expression> =>
    side.type === "ratio"
      ? side.terms
      : side.type === "divide"
        ? [side.numerator, side.denominator]
        : isFormula(side)
          ? [side, integer(1)]
          : []
  const [[first, ...g], [start, ...a]] = [terms(gold), terms(answer)]
  if (first === undefined || start === undefined) return KINDS
  return pairwise(
    g,
    a,
    (term, other) => compareScalars(multiply(term, start), multiply(other, first), context),
    "the same ratio",
  )
}
