/**
 * Derivatives, integrals, limits, sums and products.
 */
import type { Expression } from "../../Expression.ts"
import { additive, multiplicative } from "./arithmetic.ts"
import { bracketContents } from "./bracket.ts"
import { symbol } from "./build.ts"
import { exponent } from "./operand.ts"
import { accept, expect, fail, find, isNext, nested, type State, take } from "./state.ts"
import { isSymbol, OPENING } from "./tokens.ts"

/** `d^2` and `x^2` as a name and how often; anything else has no name. */
const repeated = (expression: Expression | undefined): { name?: string; times: number } => {
  if (expression?.type === "symbol") return { name: expression.name, times: 1 }
  if (expression?.type !== "power" || expression.exponent.type !== "number") return { times: 0 }
  return { ...repeated(expression.base), times: Number(expression.exponent.value.numerator) }
}

const factors = (expression: Expression): ReadonlyArray<Expression> =>
  expression.type === "multiply" ? expression.factors : [expression]

/** What a fraction of differentials says: the derivative of what stands in the numerator or behind. */
export const derivative = (state: State, above: Expression, below: Expression): Expression | undefined => {
  const [upper, inside, ...more] = factors(above)
  const [lower, by, ...others] = factors(below)
  const { name, times: order } = repeated(upper)
  const variable = repeated(by).name
  const differentials = (name === "d" || name === "partial") && repeated(lower).name === name
  if (!differentials || variable === undefined || more.length + others.length > 0 || order > 10) return undefined
  if (inside?.type === "symbol") return order === 1 ? symbol(`d${inside.name}/d${variable}`) : undefined
  const body = inside ?? (isNext(state, OPENING) ? bracketContents(state) : multiplicative(state))
  return { type: "derivative", variable, order, body }
}

/** Subscript and superscript of an operator, in either order. */
const bounds = (state: State, readLower: () => void): Expression | undefined => {
  let upper: Expression | undefined
  for (;;) {
    if (accept(state, "_")) readLower()
    else if (accept(state, "^")) upper = exponent(state)
    else return upper
  }
}

export const bigOperator = (state: State, type: "sum" | "product"): Expression => {
  let variable = ""
  let lower: Expression | undefined
  const upper = bounds(state, () => {
    expect(state, "{")
    variable = take(state).text
    if (!accept(state, "=")) fail(state, "the bounds of a sum")
    lower = nested(state, additive)
    expect(state, "}")
  })
  if (lower === undefined || upper === undefined) return fail(state, "the bounds of a sum")
  state.bound.push(variable)
  const body = multiplicative(state)
  state.bound.pop()
  return { type, variable, lower, upper, body }
}

export const integral = (state: State): Expression => {
  let lower: Expression | undefined
  const upper = bounds(state, () => {
    lower = exponent(state)
  })
  const outer = state.differential
  state.differential = undefined
  state.integrals++
  const body = additive(state)
  const variable = state.differential as string | undefined
  state.integrals--
  state.differential = outer
  if (variable === undefined) return fail(state, "a differential")
  return { type: "integral", variable, body, ...(lower === undefined || upper === undefined ? {} : { lower, upper }) }
}

/** Takes the sign out of `0^+}`, `0^{-}}` and `0+}`. */
const oneSide = (state: State): "above" | "below" | undefined => {
  const { at, tokens } = state
  const end = at + (find(state, "}", 0) ?? 0)
  const sign = isSymbol(tokens[end - 1], "}") ? end - 2 : end - 1
  if (!isSymbol(tokens[sign], "+-") || sign <= at) return undefined
  const { text } = tokens[sign]!
  let from = sign
  while (isSymbol(tokens[from - 1], "{^")) from--
  tokens.splice(from, end - from)
  return text === "-" ? "below" : "above"
}

export const limit = (state: State): Expression => {
  expect(state, "_")
  expect(state, "{")
  const variable = take(state).text
  expect(state, "→")
  const side = oneSide(state)
  const point = nested(state, additive)
  expect(state, "}")
  const body = multiplicative(state)
  return { type: "limit", variable, point, body, ...(side === undefined ? {} : { side }) }
}
