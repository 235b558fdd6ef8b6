/**
 * Walks through expressions.
 */
import type { Expression } from "../Expression.ts"

const isExpression = (value: unknown): value is Expression =>
  typeof value === "object" && value !== null && "type" in value

const holds = (value: unknown, field: string, test: (child: Expression, field: string) => boolean): boolean =>
  Array.isArray(value) ? value.some((each) => holds(each, field, test)) : isExpression(value) && test(value, field)

/** Does a direct part pass a test, which is told the field? Trees are searched often: no lists are made on the way. */
const hasPart = (node: Expression, test: (child: Expression, field: string) => boolean): boolean => {
  for (const field in node) if (holds(node[field as keyof Expression], field, test)) return true
  return false
}

/** Is there a node that passes a test? */
export const contains = (node: Expression, test: (node: Expression) => boolean): boolean =>
  test(node) || hasPart(node, (child) => contains(child, test))

/** Visits a node and all below it. */
export const walk = (node: Expression, visit: (node: Expression) => void): void => {
  contains(node, (each) => {
    visit(each)
    return false
  })
}

/** The direct parts of a node, in the order of its fields. */
export const children = (node: Expression): ReadonlyArray<Expression> => {
  const found: Array<Expression> = []
  hasPart(node, (child) => found.push(child) === 0)
  return found
}

/** Is it deeper than so many levels? Keeps its own stack, so that any depth can be asked about. */
export const isDeeper = (node: Expression, levels: number): boolean => {
  let row: ReadonlyArray<Expression> = [node]
  for (let depth = 0; depth <= levels && row.length > 0; depth++) row = row.flatMap(children)
  return row.length > 0
}

/** Rebuilds a node with every direct part replaced; `change` is told the field. */
export const mapChildren = (node: Expression, change: (child: Expression, field: string) => Expression): Expression => {
  const rebuilt = (value: unknown, field: string): unknown =>
    Array.isArray(value)
      ? value.map((each) => rebuilt(each, field))
      : isExpression(value)
        ? change(value, field)
        : value
  const result: Record<string, unknown> = {}
  for (const field in node) result[field] = rebuilt(node[field as keyof Expression], field)
  return result as unknown as Expression
}

/** The variable that a node binds in its body. Those of antiderivatives and derivatives stay free. */
export const bound = (node: Expression): string | undefined =>
  "body" in node && node.type !== "derivative" && (node.type !== "integral" || node.lower !== undefined)
    ? node.variable
    : undefined

/** The free variables of an expression. */
export const symbols = (expression: Expression): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (node: Expression, hidden: ReadonlyArray<string>): boolean => {
    if (node.type === "symbol" && !hidden.includes(node.name)) found.add(node.name)
    const variable = bound(node)
    return hasPart(node, (child, field) =>
      visit(child, field === "body" && variable !== undefined ? [...hidden, variable] : hidden),
    )
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
    if (variable !== name && !(taken.has(variable) && inside.has(name))) return mapChildren(node, visit)
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
