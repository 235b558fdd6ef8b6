/**
 * A small reader of infix notation for these tests: `sqrt(2)*x^2 - sum(k, 1, n, k)/3!`.
 */
import type { Expression } from "../../src/Expression.ts"

const CONSTANTS: ReadonlyMap<string, Expression> = new Map([
  ["pi", { type: "constant", name: "pi" }],
  ["e", { type: "constant", name: "e" }],
  ["i", { type: "constant", name: "i" }],
  ["infinity", { type: "constant", name: "infinity" }],
])

export const integer = (value: bigint | number): Expression => ({
  type: "number",
  value: { numerator: BigInt(value), denominator: 1n },
})

const decimal = (text: string): Expression => {
  const [whole = "0", places = ""] = text.split(".")
  let [numerator, denominator] = [BigInt(whole + places), 10n ** BigInt(places.length)]
  for (const p of [2n, 5n])
    while (numerator % p === 0n && denominator % p === 0n) [numerator, denominator] = [numerator / p, denominator / p]
  return { type: "number", value: { numerator, denominator }, ...(places === "" ? {} : { places: places.length }) }
}

const call = (name: string, of: ReadonlyArray<Expression>): Expression => {
  const [a, b, c, d] = of as [Expression, Expression, Expression, Expression]
  const variable = a.type === "symbol" ? a.name : ""
  switch (name) {
    case "sqrt":
      return { type: "root", radicand: a, index: integer(2) }
    case "root":
      return { type: "root", radicand: a, index: b }
    case "sum":
    case "product":
      return { type: name, variable, lower: b, upper: c, body: d }
    case "integral":
      return d === undefined ? { type: name, variable, body: b } : { type: name, variable, lower: b, upper: c, body: d }
    case "limit":
      return { type: name, variable, point: b, body: c }
    case "diff":
      return {
        type: "derivative",
        variable,
        order: c === undefined ? 1 : Number((c as { value: { numerator: bigint } }).value.numerator),
        body: b,
      }
    default:
      return { type: "apply", function: name, arguments: of }
  }
}

export const read = (text: string): Expression => {
  const tokens = text.match(/\d+(?:\.\d+)?|[a-zA-Z_]\w*|[-+*/^(),!]/g) ?? []
  let at = 0
  const take = (token: string): boolean => tokens[at] === token && ++at > 0
  const sum = (): Expression => {
    const terms = [product()]
    for (;;) {
      if (take("+")) terms.push(product())
      else if (take("-")) terms.push({ type: "negate", operand: product() })
      else return terms.length === 1 ? terms[0]! : { type: "add", terms }
    }
  }
  const product = (): Expression => {
    let left = unary()
    for (;;) {
      if (take("*")) {
        const right = unary()
        left = { type: "multiply", factors: left.type === "multiply" ? [...left.factors, right] : [left, right] }
      } else if (take("/")) left = { type: "divide", numerator: left, denominator: unary() }
      else return left
    }
  }
  const unary = (): Expression => (take("-") ? { type: "negate", operand: unary() } : power())
  const power = (): Expression => {
    let base = atom()
    while (take("!")) base = call("factorial", [base])
    return take("^") ? { type: "power", base, exponent: unary() } : base
  }
  const atom = (): Expression => {
    const token = tokens[at++]
    if (token === "(") {
      const inside = sum()
      at++
      return inside
    }
    if (token === undefined) throw new Error(`end of ${text}`)
    if (/^\d/.test(token)) return decimal(token)
    if (!take("(")) return CONSTANTS.get(token) ?? { type: "symbol", name: token }
    const of = [sum()]
    while (take(",")) of.push(sum())
    at++
    return call(token, of)
  }
  return sum()
}
