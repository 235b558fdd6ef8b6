/**
 * What an expression amounts to as an answer: labels come off, signs ± are spelled out, lists of `x = …` become lists.
 */
import type { Expression } from "../../Expression.ts"
import { contains, mapChildren } from "../tree.ts"
import { isFamily, isName } from "./kinds.ts"
import { linear } from "./linear.ts"
import { meaning, plainText } from "./text.ts"

/** One sign chosen for every ± of the tree. */
const choose = (expression: Expression, plus: boolean): Expression => {
  const inner = mapChildren(expression, (child) => choose(child, plus))
  if (inner.type !== "plusMinus") return inner
  const right: Expression = plus === inner.flip ? { type: "negate", operand: inner.right } : inner.right
  return inner.left === undefined ? right : { type: "add", terms: [inner.left, right] }
}

/** Both signs of a ± as two items of a list. */
const expand = (items: ReadonlyArray<Expression>): ReadonlyArray<Expression> =>
  items.flatMap((item) => (isFamily(item) ? [choose(item, true), choose(item, false)] : [item]))

const isPlainName = (expression: Expression): boolean =>
  expression.type === "symbol" ||
  expression.type === "text" ||
  (expression.type === "ratio" && expression.terms.every(isName)) ||
  (expression.type === "sequence" && expression.open === "(" && expression.items.every(isName))

/** The two sides of `name = value`. */
export const assignment = (expression: Expression): { name: Expression; value: Expression } | undefined => {
  if (expression.type !== "relation" || expression.operators.length !== 1 || expression.operators[0] !== "=")
    return undefined
  const [left, right] = expression.operands
  if (isPlainName(left!)) return { name: left!, value: right! }
  // `f(x) = x` defines f.
  const defines = left!.type === "apply" && isName(left)
  return isPlainName(right!) && !defines ? { name: right!, value: left! } : undefined
}

const sameName = (a: Expression, b: Expression): boolean =>
  a.type === "symbol" && b.type === "symbol" && a.name === b.name

/** `x = 24, -3` and `x = 24 or x = -3` list the values of one name. */
const valuesOfOneName = (items: ReadonlyArray<Expression>): ReadonlyArray<Expression> => {
  const first = assignment(items[0]!)
  if (first === undefined || first.name.type !== "symbol" || items.length < 2) return items
  const values: Array<Expression> = [first.value]
  for (const item of items.slice(1)) {
    const next = assignment(item)
    if (next === undefined && item.type === "relation") return items
    if (next !== undefined && !sameName(next.name, first.name)) return items
    values.push(next?.value ?? item)
  }
  return values
}

const EMPTY: Expression = { type: "sequence", open: "{", close: "}", items: [] }
const NAMED_SETS: ReadonlyMap<string, Expression> = new Map<string, Expression>([
  ["reals", { type: "namedSet", name: "R" }],
  ["integers", { type: "namedSet", name: "Z" }],
  ["naturals", { type: "namedSet", name: "N" }],
  ["empty set", EMPTY],
  ["no solution", EMPTY],
])

/** The set that plain words name. */
export const namesSet = (words: string): Expression | undefined => NAMED_SETS.get(meaning(words))

/** `\{1,2\} \cup \{3\}` as one list. */
const unionOfLists = (expression: Extract<Expression, { type: "setOperation" }>): Expression => {
  const listed = expression.operands.flatMap((operand) =>
    operand.type === "sequence" && operand.open === "{" ? [operand.items] : [],
  )
  return expression.operator === "∪" && listed.length === expression.operands.length
    ? { type: "sequence", open: "{", close: "}", items: listed.flat() }
    : expression
}

/** The answer that an expression amounts to. */
export const shape = (expression: Expression): Expression => {
  if (expression.type === "text") return namesSet(plainText(expression.text)) ?? expression
  if (expression.type === "setOperation") return unionOfLists(expression)
  if (expression.type === "multiply" && expression.factors.length === 2) {
    const [name, point] = expression.factors
    // `P(1,2)`
    if (name!.type === "symbol" && /^[A-Z]/.test(name.name) && point!.type === "sequence" && point.open === "(")
      return point
  }
  const matrix = linear(expression)
  if (matrix !== undefined) return matrix
  if (expression.type === "sequence") {
    const { close, items, open } = expression
    if (open === "" || open === "{") {
      const last = items.at(-1)
      // `\pm a + 2k\pi, k \in \mathbb{Z}` is two families.
      const elements = items.slice(0, -1)
      if (
        open === "" &&
        last?.type === "relation" &&
        last.operators[0] === "∈" &&
        (elements.length > 1 || elements.some(isFamily))
      ) {
        const families = expand(valuesOfOneName(elements)).map((element): Expression => ({
          type: "setBuilder",
          element,
          conditions: [last],
        }))
        return { type: "sequence", open, close, items: families }
      }
      const listed = items.length === 0 ? items : expand(open === "" ? valuesOfOneName(items) : items)
      return { type: "sequence", open, close, items: listed }
    }
    // `(p = 5, q = 2)` is no point but two equations.
    if (items.length > 0 && items.every((item) => assignment(item) !== undefined)) {
      return { type: "sequence", open: "", close: "", items }
    }
    return isFamily(expression) ? { type: "sequence", open: "", close: "", items: expand([expression]) } : expression
  }
  if (expression.type === "relation") return chain(expression)
  if (expression.type === "setBuilder") return expression
  return isFamily(expression) ? { type: "sequence", open: "", close: "", items: expand([expression]) } : expression
}

/** A chain of equations `a = b = c` tells the last of them; `x ∈ S` tells S; `x = ±2` two values. */
const chain = (expression: Extract<Expression, { type: "relation" }>): Expression => {
  const { operands, operators } = expression
  const exact = operators.indexOf("≈")
  if (exact > 0 || (exact === 0 && operators.length === 1 && operands[0]!.type !== "symbol")) {
    return exact === 0
      ? operands[0]!
      : chain({ ...expression, operands: operands.slice(0, exact + 1), operators: operators.slice(0, exact) })
  }
  if (exact === 0)
    return chain({ ...expression, operators: operators.map((operator) => (operator === "≈" ? "=" : operator)) })
  // `x \equiv 2 \pmod 3`, `f(x) \equiv 0`, `x \mapsto 2x`
  if (operators.length === 1 && (operators[0] === "≡" || operators[0] === "→") && isName(operands[0]!)) {
    return operators[0] === "≡" ? chain({ ...expression, operators: ["="] }) : shape(operands[1]!)
  }
  if (operators.length >= 2 && operators.every((operator) => operator === "=")) {
    const last = operands.at(-1)!
    return isName(operands[0]!) ? { type: "relation", operands: [operands[0]!, last], operators: ["="] } : shape(last)
  }
  if (operators.length === 1 && operators[0] === "=") {
    const [left, right] = operands
    // `2 + 3 = 5` is a calculation.
    const closed = (side: Expression) =>
      !contains(side, ({ type }) => type === "symbol" || type === "text" || type === "apply") &&
      side.type !== "sequence"
    if (closed(left!) && closed(right!)) return shape(right!)
    // `(x, y) = (1, 2)`
    if (
      left!.type === "sequence" &&
      right!.type === "sequence" &&
      left.items.length === right.items.length &&
      left.items.length > 1 &&
      left.items.every(isName)
    ) {
      const parts = left.items.map((name, index): Expression => ({
        type: "relation",
        operands: [name, right.items[index]!],
        operators: ["="],
      }))
      return { type: "sequence", open: "", close: "", items: parts }
    }
    const named = assignment(expression)
    if (named !== undefined && isFamily(named.value)) return shape(named.value)
  }
  if (operators.length === 1 && operators[0] === "∈" && isName(operands[0]!)) return shape(operands[1]!)
  return expression
}
