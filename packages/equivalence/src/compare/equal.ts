/**
 * Do two expressions mean the same? Each kind of answer goes to the comparison that it needs.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression } from "../Expression.ts"
import { differenceIsConstant } from "../numeric/Identity.ts"
import * as Rational from "../Rational.ts"
import { contains, mapChildren, substitute, symbols } from "../tree.ts"
import { emptySets, inAnyOrder, inOrder, isUnordered } from "./collection.ts"
import { all, any, type Context, type Decision, different, equivalent } from "./decision.ts"
import { family } from "./family.ts"
import { compareAsSets } from "./realSet.ts"
import { inUnitVectors } from "./linear.ts"
import { compareRelation, isFormula } from "./relation.ts"
import { compareScalars } from "./scalar.ts"
import { assignment, shape } from "./shape.ts"
import { compareTexts } from "./text.ts"
import { conversion } from "./units.ts"

/** Compares a reference with an answer. */
export const equal = (gold: Expression, answer: Expression, context: Context): Decision => {
  context.budget.spend(10)
  return compareShapes(shape(gold), shape(answer), context)
}

const compareShapes = (gold: Expression, answer: Expression, context: Context): Decision => {
  const measured = compareQuantities(gold, answer, context)
  if (measured !== undefined) return measured
  if (gold.type === "text" || answer.type === "text") {
    return gold.type === "text" && answer.type === "text"
      ? compareTexts(gold.text, answer.text)
      : different("structure", "only one is words")
  }
  if (gold.type === "relation" || answer.type === "relation") return compareWithRelation(gold, answer, context)
  if (isUnordered(gold) || isUnordered(answer)) return compareCollections(gold, answer, context)
  if (gold.type === "matrix" || answer.type === "matrix") return compareMatrices(gold, answer, context)
  if (gold.type === "sequence" && answer.type === "sequence") return compareTuples(gold, answer, context)
  if (isFormula(gold) && isFormula(answer)) return compareFormulas(gold, answer, context)
  return compareOthers(gold, answer, context)
}

const compareWithRelation = (gold: Expression, answer: Expression, context: Context): Decision => {
  for (const [one, other] of [
    [gold, answer],
    [answer, gold],
  ] as const) {
    // Conditions in a row against one chain: `x > 1, x < 2` and `1 < x < 2`.
    if (one.type !== "relation" || !isUnordered(other)) continue
    if (other.items.length === 1)
      return one === gold ? equal(gold, other.items[0]!, context) : equal(other.items[0]!, answer, context)
    if (other.items.every(({ type }) => type === "relation")) {
      const sets = compareAsSets(gold, answer, context)
      if (sets !== undefined) return sets
    }
  }
  return compareRelation(gold, answer, context)
}

const compareCollections = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (isUnordered(gold) && isUnordered(answer)) {
    const [g, a] = [family(gold), family(answer)]
    if (g !== undefined && a !== undefined) return compareFamilies(g, a, context)
    const direct = emptySets(gold, answer) ?? inAnyOrder(gold, answer, context)
    if (direct.outcome !== "different" || ![...gold.items, ...answer.items].some(({ type }) => type === "relation"))
      return direct
    return compareAsSets(gold, answer, context) ?? direct
  }
  const [list, other] = isUnordered(gold) ? [gold, answer] : [answer as Collection, gold]
  const asFamily = [family(gold), family(answer)] as const
  if (asFamily[0] !== undefined && asFamily[1] !== undefined) return compareFamilies(asFamily[0], asFamily[1], context)
  if (list.items.length === 1 && !other.type.startsWith("set"))
    return list === gold ? equal(list.items[0]!, answer, context) : equal(gold, list.items[0]!, context)
  // `a = 1, b = 2` names the parts of a point.
  const parts = list.items.map((item) => assignment(item))
  if ((other.type === "matrix" || (other.type === "sequence" && other.open !== "[")) && !parts.includes(undefined)) {
    const name = (part: (typeof parts)[number]) => (part!.name.type === "symbol" ? part!.name.name : "")
    const items = parts
      .toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
      .map((part) => part!.value)
    const point: Expression = { type: "sequence", open: "(", close: ")", items }
    return list === gold ? equal(point, other, context) : equal(other, point, context)
  }
  const core = withoutConditions(list, other)
  if (core !== undefined) return list === gold ? equal(core, answer, context) : equal(gold, core, context)
  if (other.type === "sequence" && other.open === "[" && other.items.every((item) => item.type === "sequence")) {
    return inAnyOrder(gold as Collection, answer as Collection, context)
  }
  const matrices = compareMatrices(gold, answer, context)
  if (matrices.outcome === "equivalent") return matrices
  // A list of conditions solves nothing that the reference gives as a set.
  const sets =
    isUnordered(gold) || answer.type !== "sequence" || answer.open !== ""
      ? compareAsSets(gold, answer, context)
      : undefined
  return sets ?? different("structure", "only one is a list")
}

type Collection = Extract<Expression, { type: "sequence" }> & { readonly open: "" | "{" }

/** `2n + 1, n \ge 1` without what it says of `n`, where the other side has `n` as well and says nothing of it. */
const withoutConditions = ({ items, open }: Collection, other: Expression): Expression | undefined => {
  const [value, ...conditions] = items
  if (
    open !== "" ||
    value === undefined ||
    (value.type === "relation" ? value.operators[0] !== "=" : !isFormula(value))
  )
    return undefined
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

const compareFamilies = (
  gold: NonNullable<ReturnType<typeof family>>,
  answer: NonNullable<ReturnType<typeof family>>,
  context: Context,
): Decision => {
  if (gold.set !== answer.set) return different("structure", "the parameter runs through another set")
  const renamed = substitute(answer.element, answer.parameter, { type: "symbol", name: gold.parameter })
  const direct = equal(gold.element, renamed, context)
  if (direct.outcome === "equivalent" || gold.set !== "Z") return direct
  // `a + bk` and `a' ± bk` run through the same numbers when a - a' is a multiple of b.
  const at = (element: Expression, value: bigint) =>
    substitute(element, gold.parameter, { type: "number", value: { numerator: value, denominator: 1n } })
  const step = (element: Expression): Expression => ({
    type: "add",
    terms: [at(element, 1n), { type: "negate", operand: at(element, 0n) }],
  })
  const linear = [gold.element, renamed].every((element) => {
    const form = Exact.normalForm(element, context.budget)
    return form !== undefined && Exact.isLinear(form, gold.parameter)
  })
  if (!linear) return direct
  const steps = any([
    compareScalars(step(gold.element), step(renamed), context),
    compareScalars(step(gold.element), { type: "negate", operand: step(renamed) }, context),
  ])
  if (steps.outcome !== "equivalent") return steps
  const shift: Expression = {
    type: "divide",
    numerator: { type: "add", terms: [at(gold.element, 0n), { type: "negate", operand: at(renamed, 0n) }] },
    denominator: step(gold.element),
  }
  return compareScalars(shift, { type: "apply", function: "round", arguments: [shift] }, context)
}

const compareTuples = (
  gold: Extract<Expression, { type: "sequence" }>,
  answer: Extract<Expression, { type: "sequence" }>,
  context: Context,
): Decision => {
  const brackets = (sequence: typeof gold) =>
    sequence.open === "⟨" ? "()" : sequence.open.replace("]", "(") + sequence.close.replace("[", ")")
  if (gold.items.length === 2 && answer.items.length === 2 && brackets(gold) !== brackets(answer)) {
    return different("structure", "an end belongs to only one of the intervals")
  }
  return inOrder(gold.items, answer.items, context)
}

/** Rows of a matrix; a tuple is a column, a list of lists is rows. */
const rowsOf = (expression: Expression): ReadonlyArray<ReadonlyArray<Expression>> | undefined => {
  if (expression.type === "matrix") return expression.rows
  if (expression.type !== "sequence") return undefined
  const { items } = expression
  if (items.length > 0 && items.every((item) => item.type === "sequence" && item.open === "[")) {
    return items.map((item) => (item.type === "sequence" ? item.items : [item]))
  }
  return expression.open === "" || expression.open === "{" ? undefined : items.map((item) => [item])
}

const compareMatrices = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (isFormula(gold) || isFormula(answer)) {
    const tuple = (side: Expression): Expression =>
      side.type === "matrix" && side.rows.every((row) => row.length === 1)
        ? { type: "sequence", open: "(", close: ")", items: side.rows.flat() }
        : side
    const [g, a] = [tuple(gold), tuple(answer)]
    return g === gold && a === answer ? different("structure", "only one is a matrix") : compareOthers(g, a, context)
  }
  const [g, a] = [rowsOf(gold), rowsOf(answer)]
  if (g === undefined || a === undefined) return different("structure", "only one is a matrix")
  const vector = (rows: typeof g) => (rows.length === 1 ? rows[0]!.map((entry) => [entry]) : rows)
  // A row stands for a column where the other side is a plain tuple.
  const [rows, others] = gold.type === answer.type ? [g, a] : [vector(g), vector(a)]
  if (rows.length !== others.length || rows.some((row, index) => row.length !== others[index]!.length)) {
    return different("structure", "the shapes differ")
  }
  return inOrder(rows.flat(), others.flat(), context)
}

/** Leaves every label off. */
export const withoutUnits = (expression: Expression): Expression =>
  expression.type === "quantity" ? withoutUnits(expression.value) : mapChildren(expression, withoutUnits)

const isDegrees = (expression: Expression): expression is Extract<Expression, { type: "apply" }> =>
  expression.type === "apply" && expression.function === "degrees"

/** `-30°` is a negated angle, and an angle. */
const angle = (expression: Expression): Expression | undefined => {
  if (isDegrees(expression)) return expression.arguments[0]!
  if (expression.type !== "negate") return undefined
  const inner = angle(expression.operand)
  return inner === undefined ? undefined : { type: "negate", operand: inner }
}

/** `5 ft 6 in` in the first of its units. */
const total = (expression: Expression): Expression => {
  const listed = expression.type === "sequence" && expression.open === "" ? expression.items : []
  if (expression.type !== "add" && listed.length !== 2) return expression
  const [first, ...rest] = expression.type === "add" ? expression.terms : listed
  if (first?.type !== "quantity") return expression
  const terms = [first.value]
  for (const term of rest) {
    const scale = term.type === "quantity" ? conversion(term.unit, first.unit) : "unknown"
    // `2 hours and 30 minutes`, but not `2 cm and 5 cm`.
    if (
      term.type !== "quantity" ||
      typeof scale === "string" ||
      (listed.length > 0 && scale.denominator <= scale.numerator)
    )
      return expression
    terms.push({ type: "multiply", factors: [term.value, { type: "number", value: scale }] })
  }
  return { type: "quantity", value: { type: "add", terms }, unit: first.unit }
}

/** `5 m`, where the other side shows that the letter is a unit. */
const measuredAs = (expression: Expression, other: Expression): Expression => {
  if (expression.type !== "multiply" || other.type !== "quantity") return expression
  const last = expression.factors.at(-1)!
  const fits = last.type === "symbol" && typeof conversion(last.name, other.unit) !== "string"
  return fits
    ? { type: "quantity", value: { type: "multiply", factors: expression.factors.slice(0, -1) }, unit: last.name }
    : expression
}

/** Units and degrees: ignored where one side has none, converted where both have. */
const compareQuantities = (first: Expression, second: Expression, context: Context): Decision | undefined => {
  const [whole, other] = [total(first), total(second)]
  const [gold, answer] = [measuredAs(whole, other), measuredAs(other, whole)]
  const [g, a] = [angle(gold), angle(answer)]
  if (g !== undefined || a !== undefined) {
    if (g !== undefined && a !== undefined) return equal(g, a, context)
    const decisions = [equal(g ?? gold, a ?? answer, context)]
    if (isFormula(gold) && isFormula(answer))
      decisions.push(compareScalars(withoutUnits(gold), withoutUnits(answer), context))
    return any(decisions)
  }
  const has = (expression: Expression) =>
    isFormula(expression) && contains(expression, ({ type }) => type === "quantity")
  const [goldHas, answerHas] = [has(gold), has(answer)]
  if (!goldHas && !answerHas) return undefined
  if (gold.type === "quantity" && answer.type === "quantity") {
    const scale = conversion(answer.unit, gold.unit)
    if (scale === "different") return different("structure", `${answer.unit} measures something else than ${gold.unit}`)
    if (scale !== "unknown" && !Rational.equals(scale, ONE)) {
      return equal(gold.value, { type: "multiply", factors: [answer.value, { type: "number", value: scale }] }, context)
    }
  }
  if (context.options.unitsRequired && goldHas !== answerHas) return different("structure", "only one has a unit")
  return equal(goldHas ? withoutUnits(gold) : gold, answerHas ? withoutUnits(answer) : answer, context)
}

const ONE: Rational.Rational = { numerator: 1n, denominator: 1n }

/** A constant of integration, and what stands beside it. */
const withoutConstant = (expression: Expression): { name: string; rest: Expression } | undefined => {
  if (expression.type !== "add") return undefined
  const named = expression.terms.flatMap((term) =>
    term.type === "symbol" && /^[CcKk](?:_\d)?$/.test(term.name) ? [term] : [],
  )
  const [constant] = named
  return constant === undefined || named.length > 1
    ? undefined
    : { name: constant.name, rest: { type: "add", terms: expression.terms.filter((term) => term !== constant) } }
}

const compareFormulas = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (
    gold.type === "integral" &&
    answer.type === "integral" &&
    gold.lower === undefined &&
    answer.lower === undefined
  ) {
    if (gold.variable !== answer.variable) return different("structure", "another variable of integration")
    return compareScalars(gold.body, answer.body, context)
  }
  for (const [one, other] of [
    [gold, answer],
    [answer, gold],
  ] as const) {
    if (one.type !== "integral" || one.lower !== undefined) continue
    return compareScalars(one.body, { type: "derivative", variable: one.variable, order: 1, body: other }, context)
  }
  const direct = compareScalars(gold, answer, context)
  if (direct.outcome === "equivalent") return direct
  const [g, a] = [withoutConstant(gold), withoutConstant(answer)]
  // A small `c` on both sides is a number like any other.
  if (g === undefined || a === undefined || !(g.name + a.name).includes("C")) return direct
  const tested = differenceIsConstant(g.rest, a.rest, { seed: context.seed, budget: context.budget })
  return tested.outcome === "equal"
    ? {
        ...equivalent("numeric", "antiderivatives that differ by a constant"),
        errorProbability: tested.errorProbability,
      }
    : direct
}

/** The letter i, which was read as a number, as a unit vector. */
const replaceUnit = (expression: Expression): Expression =>
  contains(expression, isImaginary)
    ? isImaginary(expression)
      ? { type: "symbol", name: "i" }
      : mapChildren(expression, replaceUnit)
    : expression
const isImaginary = (node: Expression): boolean => node.type === "constant" && node.name === "i"

const valueOfDigits = (digits: string, base: number): bigint | undefined => {
  let value = 0n
  for (const digit of digits.slice(0, 5000)) {
    const worth = Number.parseInt(digit, 36)
    if (worth >= base) return undefined
    value = value * BigInt(base) + BigInt(worth)
  }
  return value
}

const decimal = (digits: string): Expression => ({ type: "number", value: Rational.fromDecimal(digits) })

const compareOthers = (gold: Expression, answer: Expression, context: Context): Decision => {
  if (gold.type === "based" && gold.base === 10 && answer.type !== "based")
    return equal(decimal(gold.digits), answer, context)
  if (answer.type === "based" && answer.base === 10 && gold.type !== "based")
    return equal(gold, decimal(answer.digits), context)
  if (gold.type === "based" && answer.type === "based") {
    const [g, a] = [valueOfDigits(gold.digits, gold.base), valueOfDigits(answer.digits, answer.base)]
    return g !== undefined && g === a
      ? equivalent("exact", "the same number")
      : different("exact", "another number, or another base")
  }
  if (gold.type === "ratio" || answer.type === "ratio") return compareRatios(gold, answer, context)
  if (gold.type === "namedSet" && answer.type === "namedSet") {
    return gold.name === answer.name && gold.sign === answer.sign
      ? equivalent("structure", "the same set")
      : different("structure", "another set")
  }
  const sets = compareAsSets(gold, answer, context)
  if (sets !== undefined) return sets
  // `\mathbf{R}`
  const plain = (side: Expression, set: Expression) =>
    side.type === "symbol" && set.type === "namedSet" && set.name === side.name && set.sign === undefined
  if (plain(gold, answer) || plain(answer, gold)) return equivalent("structure", "the same set")
  const [vector, formula] = gold.type === "sequence" ? [gold, answer] : [answer, gold]
  if (vector.type === "sequence" && vector.items.length <= 3 && /[(⟨]/.test(vector.open) && isFormula(formula)) {
    const letters = replaceUnit(formula)
    if (letters !== formula || symbols(formula).has("j"))
      return compareScalars(inUnitVectors(vector.items), letters, context)
  }
  const [x, y] = [family(gold), family(answer)]
  if (x !== undefined && y !== undefined) return compareFamilies(x, y, context)
  if (gold.type === "setOperation" && answer.type === "setOperation" && gold.operator === answer.operator) {
    const list = (items: ReadonlyArray<Expression>) => ({ type: "sequence", open: "", close: "", items }) as const
    return gold.operator === "∖"
      ? inOrder(gold.operands, answer.operands, context)
      : inAnyOrder(list(gold.operands), list(answer.operands), context)
  }
  if (gold.type === "logic" && answer.type === "logic" && gold.operator === answer.operator)
    return inOrder(gold.operands, answer.operands, context)
  if (gold.type === "setBuilder" && answer.type === "setBuilder") {
    return all(
      [equal(gold.element, answer.element, context), inOrder(gold.conditions, answer.conditions, context)],
      "the same set",
    )
  }
  if (gold.type === "ellipsis" && answer.type === "ellipsis") return equivalent("structure", "both go on")
  return different("structure", "answers of different kinds")
}

const compareRatios = (gold: Expression, answer: Expression, context: Context): Decision => {
  const terms = (expression: Expression): ReadonlyArray<Expression> | undefined =>
    expression.type === "ratio"
      ? expression.terms
      : expression.type === "divide"
        ? [expression.numerator, expression.denominator]
        : isFormula(expression)
          ? [expression, ONE_NUMBER]
          : undefined
  const [g, a] = [terms(gold), terms(answer)]
  if (g === undefined || a === undefined || g.length !== a.length)
    return different("structure", "only one is a ratio, or they have different lengths")
  const times = (x: Expression, y: Expression): Expression => ({ type: "multiply", factors: [x, y] })
  return all(
    (function* () {
      for (const [index, term] of g.entries())
        if (index > 0) yield compareScalars(times(term, a[0]!), times(a[index]!, g[0]!), context)
    })(),
    "the same ratio",
  )
}

const ONE_NUMBER: Expression = { type: "number", value: ONE }
