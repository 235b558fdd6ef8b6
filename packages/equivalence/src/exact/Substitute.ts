/**
 * Variables in expressions.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../Expression.ts"

const isExpression = (value: unknown): value is Expression =>
  typeof value === "object" && value !== null && "type" in value

/** The parts of a node, in the order of its fields. */
const children = (value: unknown): ReadonlyArray<Expression> =>
  isExpression(value) ? [value] : Array.isArray(value) ? value.flatMap(children) : []

const rebuild = (value: unknown, change: (part: Expression) => Expression): unknown =>
  Array.isArray(value)
    ? value.map((each: unknown) => rebuild(each, change))
    : isExpression(value)
      ? change(value)
      : value

/** The node with every part changed. */
const mapParts = (expression: Expression, change: (part: Expression, field: string) => Expression): Expression =>
  Object.fromEntries(
    Object.entries(expression).map(([field, value]) => [field, rebuild(value, (part) => change(part, field))]),
  ) as unknown as Expression

/** The variable that a node binds in its body. */
const bound = (expression: Expression): string | undefined => {
  switch (expression.type) {
    case "sum":
    case "product":
    case "limit":
      return expression.variable
    case "integral":
      return expression.lower === undefined ? undefined : expression.variable
    default:
      return undefined
  }
}

/**
 * The free variables of an expression. Those of antiderivatives and derivatives are free.
 */
export const symbols = (expression: Expression, budget?: Budget): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (node: Expression, hidden: ReadonlySet<string>): void => {
    budget?.spend(8)
    if (node.type === "symbol") {
      if (!hidden.has(node.name)) found.add(node.name)
      return
    }
    const name = bound(node)
    const inner = name === undefined || hidden.has(name) ? hidden : new Set([...hidden, name])
    for (const [field, value] of Object.entries(node))
      for (const part of children(value)) visit(part, field === "body" ? inner : hidden)
  }
  visit(expression, new Set())
  return found
}

/** The expression with a free variable replaced; bound variables step aside for those of the replacement. */
export const substitute = (expression: Expression, name: string, replacement: Expression): Expression => {
  const taken = symbols(replacement)
  const visit = (node: Expression): Expression => {
    if (node.type === "symbol") return node.name === name ? replacement : node
    const variable = bound(node)
    if (variable === name) return mapParts(node, (part, field) => (field === "body" ? part : visit(part)))
    if (variable === undefined || !taken.has(variable) || !("body" in node)) return mapParts(node, visit)
    const inside = symbols(node.body)
    if (!inside.has(name)) return mapParts(node, (part, field) => (field === "body" ? part : visit(part)))
    let fresh = `${variable}'`
    while (taken.has(fresh) || inside.has(fresh) || fresh === name) fresh += "'"
    const body = substitute(node.body, variable, { type: "symbol", name: fresh })
    return mapParts({ ...node, variable: fresh, body } as Expression, visit)
  }
  return visit(expression)
}
