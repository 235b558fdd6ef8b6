/**
 * Sets of real numbers: intervals, unions, solutions of inequalities, everything that has ends.
 */
import * as Exact from "../exact/NormalForm.ts"
import type { Expression, RelationOperator } from "../../Expression.ts"
import { constant, divide, integer, list, minus, negate, symbol } from "../parse/build.ts"
import { substitute, symbols } from "../tree.ts"
import { all, type Context, type Decision, different } from "./decision.ts"
import { mirrored, signOf } from "./order.ts"
import { compareScalars, infinite } from "./scalar.ts"
import { isName } from "./shape.ts"

interface End {
  readonly value: Expression
  readonly closed: boolean
}
interface Piece {
  readonly low: End
  readonly high: End
}
/** Disjoint pieces in order. */
type RealSet = ReadonlyArray<Piece>

/** Thrown where two ends cannot be put in order: the set is then compared as it is written. */
class NoOrder extends Error {}

const INFINITY: Expression = constant("infinity")
const MINUS_INFINITY: Expression = negate(INFINITY)
const open = (value: Expression): End => ({ value, closed: false })
const ALL: RealSet = [{ low: open(MINUS_INFINITY), high: open(INFINITY) }]

const order = (a: Expression, b: Expression, context: Context): number => {
  const [x, y] = [infinite(a) ?? 0, infinite(b) ?? 0]
  if (x !== 0 || y !== 0) return x - y
  const sign = signOf(minus(a, b), context)
  if (sign !== undefined) return sign
  if (compareScalars(a, b, context).outcome === "equivalent") return 0
  throw new NoOrder()
}

/** In order, with pieces that touch made one. */
const merged = (pieces: ReadonlyArray<Piece>, context: Context): RealSet => {
  const filled = pieces.filter(({ high, low }) => {
    const way = order(low.value, high.value, context)
    return way < 0 || (way === 0 && low.closed && high.closed)
  })
  const sorted = filled.toSorted(
    (a, b) => order(a.low.value, b.low.value, context) || Number(b.low.closed) - Number(a.low.closed),
  )
  const result: Array<Piece> = []
  for (const piece of sorted) {
    const last = result.at(-1)
    const gap = last === undefined ? 1 : order(piece.low.value, last.high.value, context)
    if (last === undefined || gap > 0 || (gap === 0 && !piece.low.closed && !last.high.closed)) result.push(piece)
    else {
      const way = order(piece.high.value, last.high.value, context)
      const high =
        way > 0 ? piece.high : way < 0 ? last.high : { ...last.high, closed: last.high.closed || piece.high.closed }
      result[result.length - 1] = { low: last.low, high }
    }
  }
  return result
}

const tighter = (a: End, b: End, sign: 1 | -1, context: Context): End => {
  const way = sign * order(a.value, b.value, context)
  return way > 0 ? a : way < 0 ? b : { value: a.value, closed: a.closed && b.closed }
}

const intersect = (a: RealSet, b: RealSet, context: Context): RealSet =>
  merged(
    a.flatMap((x) =>
      b.map((y) => ({ low: tighter(x.low, y.low, 1, context), high: tighter(x.high, y.high, -1, context) })),
    ),
    context,
  )

const complement = (set: RealSet, context: Context): RealSet => {
  const pieces: Array<Piece> = []
  let low: End = open(MINUS_INFINITY)
  for (const piece of set) {
    pieces.push({
      low,
      high: { value: piece.low.value, closed: !piece.low.closed && infinite(piece.low.value) === undefined },
    })
    low = { value: piece.high.value, closed: !piece.high.closed && infinite(piece.high.value) === undefined }
  }
  pieces.push({ low, high: open(INFINITY) })
  return merged(pieces, context)
}

const point = (value: Expression): Piece => ({ low: { value, closed: true }, high: { value, closed: true } })

const isConstant = (expression: Expression): boolean =>
  infinite(expression) !== undefined ||
  (symbols(expression).size === 0 && !["sequence", "relation", "text"].includes(expression.type))

/** Numbers on one side of a bound. */
const halfLine = (bound: Expression, operator: RelationOperator, context: Context): RealSet | undefined => {
  switch (operator) {
    case "<":
    case "≤":
      return [{ low: open(MINUS_INFINITY), high: { value: bound, closed: operator === "≤" } }]
    case ">":
    case "≥":
      return [{ low: { value: bound, closed: operator === "≥" }, high: open(INFINITY) }]
    case "≠":
      return complement([point(bound)], context)
    case "=":
      return [point(bound)]
    default:
      return undefined
  }
}

/** Solutions of `left operator right` for a variable that it holds in the first degree. */
const solutions = (
  left: Expression,
  operator: RelationOperator,
  right: Expression,
  variable: string,
  context: Context,
): RealSet | undefined => {
  // `|x - 2| < 1` is `x - 2 < 1` and `x - 2 > -1`.
  if (left.type === "apply" && left.function === "abs" && isConstant(right)) {
    const inner = left.arguments[0]!
    const one = solutions(inner, operator, right, variable, context)
    const other = solutions(inner, mirrored(operator), negate(right), variable, context)
    if (one === undefined || other === undefined) return undefined
    return operator === "<" || operator === "≤" || operator === "≠"
      ? intersect(one, other, context)
      : merged([...one, ...other], context)
  }
  if (left.type === "symbol" && isConstant(right)) return halfLine(right, operator, context)
  if (right.type === "symbol" && isConstant(left)) return halfLine(left, mirrored(operator), context)
  const difference = minus(left, right)
  const form = Exact.normalForm(difference, context.budget)
  if (form === undefined || !Exact.isLinear(form, variable)) return undefined
  const atZero = substitute(difference, variable, integer(0))
  const slope = minus(substitute(difference, variable, integer(1)), atZero)
  const sign = signOf(slope, context)
  if (sign === undefined || sign === 0) return undefined
  const root: Expression = divide(negate(atZero), slope)
  return halfLine(root, sign > 0 ? operator : mirrored(operator), context)
}

type Relation = Extract<Expression, { type: "relation" }>

/** `0 < f(x) < 1` says of f(x) what `0 < x < 1` says of x. */
const unapplied = (operand: Expression): Expression =>
  operand.type === "apply" && isName(operand) ? symbol(operand.function) : operand

/** The names that relations are about. */
const variablesOf = (expression: Expression): ReadonlyArray<string> => [...symbols(mapRelations(expression))].toSorted()

const mapRelations = (expression: Expression): Expression =>
  expression.type === "relation"
    ? { ...expression, operands: expression.operands.map(unapplied) }
    : expression.type === "sequence"
      ? { ...expression, items: expression.items.map(mapRelations) }
      : expression

const fromRelation = (written: Relation, context: Context): RealSet | undefined => {
  const relation = mapRelations(written) as Relation
  const variables = variablesOf(relation)
  if (variables.length !== 1) return undefined
  let set: RealSet = ALL
  for (const [index, operator] of relation.operators.entries()) {
    const next = solutions(relation.operands[index]!, operator, relation.operands[index + 1]!, variables[0]!, context)
    if (next === undefined) return undefined
    set = intersect(set, next, context)
  }
  return set
}

/** The most numbers that a set is listed with. */
const MAX_LISTED = 100

/** The whole numbers of a set, one by one, where they are few. */
const wholeNumbers = (
  set: RealSet,
  { name, sign }: Extract<Expression, { type: "namedSet" }>,
  context: Context,
): RealSet | undefined => {
  if (name !== "Z" && name !== "N") return undefined
  const from = name === "N" || sign === "+" ? integer(1) : MINUS_INFINITY
  const within = intersect(
    set,
    [{ low: { value: from, closed: name === "N" || sign === "+" }, high: open(sign === "-" ? integer(0) : INFINITY) }],
    context,
  )
  const points: Array<Piece> = []
  for (const { high, low } of within) {
    const [first, last] = [low, high].map(({ value }) => {
      const form = infinite(value) === undefined ? Exact.normalForm(value, context.budget) : undefined
      return form === undefined ? undefined : Exact.asRational(form)
    })
    if (first === undefined || last === undefined) return undefined
    const floor = ({ denominator: d, numerator: n }: typeof first) => (n >= 0n ? n / d : -((-n + d - 1n) / d))
    const start = floor(first) + (first.denominator === 1n && low.closed ? 0n : 1n)
    const end = floor(last) - (last.denominator === 1n && !high.closed ? 1n : 0n)
    if (end - start > BigInt(MAX_LISTED)) return undefined
    for (let n = start; n <= end; n++) points.push(point(integer(n)))
  }
  return points
}

const build = (expression: Expression, context: Context): RealSet | undefined => {
  switch (expression.type) {
    case "namedSet":
      if (expression.name !== "R") return undefined
      return expression.sign === undefined ? ALL : halfLine(integer(0), expression.sign === "+" ? ">" : "<", context)
    case "sequence": {
      const { close, items, open: bracket } = expression
      const listed = bracket === "{" || (bracket === "" && items.length > 0 && items.length <= MAX_LISTED)
      if (listed && items.every(isConstant)) return merged(items.map(point), context)
      if (bracket === "") return fromList(items, context)
      if (bracket === "{") return undefined
      const [low, high] = items
      if (items.length !== 2 || bracket === "⟨" || !isConstant(low!) || !isConstant(high!)) return undefined
      return merged(
        [{ low: { value: low!, closed: bracket === "[" }, high: { value: high!, closed: close === "]" } }],
        context,
      )
    }
    case "setOperation": {
      const sets = expression.operands.map((operand) => build(operand, context))
      if (sets.includes(undefined)) return undefined
      const [first, ...rest] = sets as Array<RealSet>
      if (expression.operator === "∪") return merged((sets as Array<RealSet>).flat(), context)
      return rest
        .map((set) => (expression.operator === "∩" ? set : complement(set, context)))
        .reduce((left, right) => intersect(left, right, context), first!)
    }
    case "setBuilder": {
      const member = expression.element.type === "relation" ? expression.element : undefined
      if ((member?.operands[0] ?? expression.element).type !== "symbol") return undefined
      const all = member === undefined ? expression.conditions : [member, ...expression.conditions]
      const domains = all.flatMap((condition) =>
        condition.type === "relation" && condition.operators[0] === "∈" && condition.operands[1]?.type === "namedSet"
          ? [condition]
          : [],
      )
      const conditions = all.filter((condition) => !domains.includes(condition as Relation))
      const [only] = conditions
      let set = conditions.length > 1 ? fromList(conditions, context) : only === undefined ? ALL : build(only, context)
      for (const { operands } of domains) {
        const domain = operands[1] as Extract<Expression, { type: "namedSet" }>
        const next = domain.name === "R" ? build(domain, context) : set && wholeNumbers(set, domain, context)
        set = set && next && intersect(set, next, context)
      }
      return set
    }
    case "relation":
      if (expression.operators.length === 1 && expression.operators[0] === "∈")
        return build(expression.operands[1]!, context)
      return fromRelation(expression, context)
    default:
      return undefined
  }
}

/** An interval that cannot be a point. */
const isInterval = (item: Expression): boolean =>
  item.type === "sequence" &&
  item.items.length === 2 &&
  (item.open + item.close !== "()" || item.items.some((end) => infinite(end) !== undefined))

/** Conditions in a row: together where they leave something out only together, else one or the other. */
const fromList = (items: ReadonlyArray<Expression>, context: Context): RealSet | undefined => {
  if (!items.every((item) => item.type === "relation" || item.type === "setOperation" || isInterval(item)))
    return undefined
  // `a = 3, b = 4` is a point, no set of numbers.
  if (items.some(({ type }) => type === "relation") && variablesOf(list(items)).length !== 1) return undefined
  const sets = items.map((item) => build(item, context))
  if (sets.includes(undefined)) return undefined
  const union = merged((sets as Array<RealSet>).flat(), context)
  const [only] = union
  const everything = union.length === 1 && infinite(only!.low.value) === -1 && infinite(only!.high.value) === 1
  return everything ? (sets as Array<RealSet>).reduce((a, b) => intersect(a, b, context)) : union
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
  return g && a && compareRealSets(g, a, context)
}

const compareRealSets = (gold: RealSet, answer: RealSet, context: Context): Decision => {
  if (gold.length !== answer.length) return different("structure", `${gold.length} pieces, not ${answer.length}`)
  return all(
    (function* (): Generator<Decision> {
      for (const [index, piece] of gold.entries()) {
        const other = answer[index]!
        for (const end of ["low", "high"] as const) {
          if (piece[end].closed !== other[end].closed)
            yield different("structure", "an end belongs to only one of the sets")
          yield compareScalars(piece[end].value, other[end].value, context)
        }
      }
    })(),
    "the same set of real numbers",
  )
}
