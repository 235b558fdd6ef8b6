/**
 * Walks through expressions.
 */
import type { Expression } from "../Expression.ts"

const isExpression = (value: unknown): value is Expression =>
  typeof value === "object" && value !== null && "type" in value

/** The parts of a field: itself, or what its lists hold. */
const partsOf = (value: unknown): ReadonlyArray<Expression> =>
  isExpression(value) ? [value] : Array.isArray(value) ? value.flatMap(partsOf) : []

/** The direct parts of a node, in the order of its fields. */
export const children = (node: Expression): ReadonlyArray<Expression> => Object.values(node).flatMap(partsOf)

/** Is it deeper than so many levels? Keeps its own stack, so that any depth can be asked about. */
export const isDeeper = (node: Expression, levels: number): boolean => {
  let row: ReadonlyArray<Expression> = [node]
  for (let depth = 0; depth <= levels && row.length > 0; depth++) row = row.flatMap(children)
  return row.length > 0
}

/** Visits a node and all below it. */
export const walk = (node: Expression, visit: (node: Expression) => void): void => {
  visit(node)
  for (const child of children(node)) walk(child, visit)
}

/** Is there a node that passes a test? */
export const contains = (node: Expression, test: (node: Expression) => boolean): boolean => {
  if (test(node)) return true
  // Trees are searched often: no lists are made on the way.
  for (const field in node) if (holds(node[field as keyof Expression], test)) return true
  return false
}

const holds = (value: unknown, test: (node: Expression) => boolean): boolean =>
  Array.isArray(value) ? value.some((each) => holds(each, test)) : isExpression(value) && contains(value, test)

/** Rebuilds a node with every direct part replaced; `change` is told the field. */
export const mapChildren = (node: Expression, change: (child: Expression, field: string) => Expression): Expression => {
  const rebuilt = (value: unknown, field: string): unknown =>
    Array.isArray(value)
      ? value.map((each) => rebuilt(each, field))
      : isExpression(value)
        ? change(value, field)
        : value
  return Object.fromEntries(
    Object.entries(node).map(([field, value]) => [field, rebuilt(value, field)]),
  ) as unknown as Expression
}

/** The variable that a node binds in its body. Those of antiderivatives and derivatives stay free. */
export const bound = (node: Expression): string | undefined =>
  "body" in node && node.type !== "derivative" && (node.type !== "integral" || node.lower !== undefined)
    ? node.variable
    : undefined

/** The free variables of an expression. */
export const symbols = (expression: Expression): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (node: Expression, hidden: ReadonlyArray<string>): void => {
    if (node.type === "symbol") {
      if (!hidden.includes(node.name)) found.add(node.name)
      return
    }
    const variable = bound(node)
    if (variable === undefined) return children(node).forEach((child) => visit(child, hidden))
    mapChildren(node, (child, field) => {
      visit(child, field === "body" ? [...hidden, variable] : hidden)
      return child
    })
  }
  visit(expression, [])
  return found
}

/** The expression with a free variable replaced; bound variables step aside for those of the replacement. */
export const substitute = (expression: Expression, name: string, replacement: Expression): Expression => {
  const taken = symbols(replacement)
  const visit = (node: Expression): Expression => {
    if (node.type === "symbol") return node.name === name ? replacement : node
    const variable = bound(node)
    if (variable === undefined || !("body" in node)) return mapChildren(node, visit)
    const inside = symbols(node.body)
    if (variable === name || !inside.has(name))
      return mapChildren(node, (child, field) => (field === "body" ? child : visit(child)))
    if (!taken.has(variable)) return mapChildren(node, visit)
    let fresh = `${variable}'`
    while (taken.has(fresh) || inside.has(fresh) || fresh === name) fresh += "'"
    const body = substitute(node.body, variable, { type: "symbol", name: fresh })
    return mapChildren({ ...node, variable: fresh, body }, visit)
  }
  return visit(expression)
}

/** The tree itself, as a text. */
export const written = (expression: Expression): string =>
  JSON.stringify(expression, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))
