/**
 * What an expression amounts to as an answer: labels come off, signs ± are spelled out, lists of `x = …` become lists.
 */
import type { Expression } from "../../Expression.ts"
import { add, equation, list, negate, set } from "../parse/build.ts"
import { mapChildren, symbols } from "../tree.ts"
import { type Collection, isFamily, isName, isUnordered, type Of } from "./kinds.ts"
import { linear } from "./matrix.ts"
import { assignment } from "./naming.ts"
import { meaning, plainText } from "./text.ts"

/** One sign chosen for every ± of the tree. */
const choose = (expression: Expression, plus: boolean): Expression => {
  const inner = mapChildren(expression, (child) => choose(child, plus))
  if (inner.type !== "plusMinus") return inner
  const right = plus === inner.flip ? negate(inner.right) : inner.right
  return inner.left === undefined ? right : add(inner.left, right)
}

/** Both signs of a ± as two items of a list. */
const expand = (items: ReadonlyArray<Expression>): ReadonlyArray<Expression> =>
  items.flatMap((item) => (isFamily(item) ? [choose(item, true), choose(item, false)] : [item]))

/** `x = 24, -3` and `x = 24 or x = -3` list the values of one name. */
const valuesOfOneName = (items: ReadonlyArray<Expression>): ReadonlyArray<Expression> => {
  const name = items.length > 1 ? assignment(items[0]!)?.name : undefined
  if (name?.type !== "symbol") return items
  const values = items.map((item) => {
    const next = assignment(item)
    if (next === undefined) return item.type === "relation" ? undefined : item
    return next.name.type === "symbol" && next.name.name === name.name ? next.value : undefined
  })
  return values.every((value) => value !== undefined) ? values : items
}

const NAMED_SETS: ReadonlyMap<string, Expression> = new Map<string, Expression>([
  ["reals", { type: "namedSet", name: "R" }],
  ["integers", { type: "namedSet", name: "Z" }],
  ["naturals", { type: "namedSet", name: "N" }],
  ["empty set", set()],
  ["no solution", set()],
])

/** The set that plain words name. */
export const namesSet = (words: string): Expression | undefined => NAMED_SETS.get(meaning(words))

const shapeList = (expression: Collection): Expression => {
  const { items, open } = expression
  if (open === "{") return { ...expression, items: expand(items) }
  const [last, elements] = [items.at(-1), items.slice(0, -1)]
  // `\pm a + 2k\pi, k \in \mathbb{Z}` is two families.
  return last?.type === "relation" && last.operators[0] === "∈" && (elements.length > 1 || elements.some(isFamily))
    ? list(expand(valuesOfOneName(elements)).map((element) => ({ type: "setBuilder", element, conditions: [last] })))
    : { ...expression, items: expand(valuesOfOneName(items)) }
}

/** Are the members of a chain about different things? Behind a name, the steps of a calculation bring in nothing new. */
const isSystem = (members: ReadonlyArray<Expression>): boolean => {
  const named = isName(members[0]!) && members[1]!.type !== "symbol"
  return members.some((member, index) => {
    const known = symbols(members[index - 1] ?? member)
    return index > Number(named) && [...symbols(member)].some((name) => !known.has(name))
  })
}

/** A chain of equations `a = b = c` tells the last of them; `x ∈ S` tells S; `x = ±2` two values. */
const shapeRelation = (relation: Of<"relation">): Expression => {
  const { operands, operators } = relation
  const [left, right] = [operands[0]!, operands.at(-1)!]
  // What comes before `≈` is exact, unless it is only a name.
  const exact = operators.indexOf("≈")
  if (exact === 0 && left.type === "symbol")
    return shape({ ...relation, operators: operators.map((operator) => (operator === "≈" ? "=" : operator)) })
  if (exact === 0) return left
  if (exact > 0)
    return shape({ ...relation, operands: operands.slice(0, exact + 1), operators: operators.slice(0, exact) })
  const written = operators.join("")
  const chain = /^==+$/.test(written)
  if (chain && isSystem(operands)) return list(operands.slice(0, -1).map((member) => equation(member, right)))
  if (isName(left)) {
    // `x \mapsto 2x`, `x \in S`
    if (/^[→∈]$/.test(written)) return shape(right)
    // `x \equiv 2 \pmod 3`, `x = 1 + 1 = 2`
    if (chain || written === "≡") return shape(equation(left, right))
  } else if (chain) return shape(right)
  if (written !== "=") return relation
  // `(x, y) = (1, 2)`
  if (left.type === "sequence" && right.type === "sequence") {
    const { items } = right
    if (left.items.length === items.length && items.length > 1 && left.items.every(isName))
      return list(left.items.map((name, index) => equation(name, items[index]!)))
  }
  const named = assignment(relation)
  return named !== undefined && isFamily(named.value) ? shape(named.value) : relation
}

/** The answer that an expression amounts to. */
export const shape = (expression: Expression): Expression => {
  switch (expression.type) {
    case "number":
    case "symbol":
    case "setBuilder":
      return expression
    case "text":
      return namesSet(plainText(expression.text)) ?? expression
    case "relation":
      return shapeRelation(expression)
    case "setOperation": {
      // `\{1,2\} \cup \{3\}` is one list.
      const { operands, operator } = expression
      return operator === "∪" && operands.every((operand) => isUnordered(operand) && operand.open === "{")
        ? set(...(operands as ReadonlyArray<Collection>).flatMap(({ items }) => items))
        : expression
    }
    case "sequence":
      if (isUnordered(expression)) return shapeList(expression)
      // `(p = 5, q = 2)` is no point but two equations.
      if (expression.items.length > 0 && expression.items.every(assignment)) return list(expression.items)
      break
    case "multiply": {
      const [name, point] = expression.factors
      // `P(1,2)`
      const labelled = name?.type === "symbol" && /^[A-Z]/.test(name.name) && expression.factors.length === 2
      if (labelled && point?.type === "sequence" && point.open === "(") return equation(name, point)
    }
  }
  return linear(expression) ?? (isFamily(expression) ? list(expand([expression])) : expression)
}
