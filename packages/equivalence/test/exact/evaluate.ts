import type { Expression } from "../../src/Expression.ts"

const asFraction = (of: Expression): readonly [bigint, bigint] | undefined => {
  if (of.type === "number") return [of.value.numerator, of.value.denominator]
  if (of.type === "negate") {
    const inside = asFraction(of.operand)
    return inside && [-inside[0], inside[1]]
  }
  if (of.type !== "divide") return undefined
  const [a, b] = [asFraction(of.numerator), asFraction(of.denominator)]
  return a && b && [a[0] * b[1], a[1] * b[0]]
}

const power = (base: number, exponent: number, fraction?: readonly [bigint, bigint]): number => {
  if (base >= 0 || fraction === undefined) return base ** exponent
  const [p, q] = fraction
  if (p % q === 0n) return base ** exponent
  return q % 2n === 0n ? Number.NaN : (p % 2n === 0n ? 1 : -1) * (-base) ** exponent
}

/** What is 0 but for rounding is 0: roots would magnify it. */
const snap = (value: number): number => (Math.abs(value) < 1e-13 ? 0 : value)

/** The real value in doubles, NaN where there is none. */
export const evaluate = (of: Expression, at: ReadonlyMap<string, number>): number => {
  const visit = (part: Expression): number => evaluate(part, at)
  switch (of.type) {
    case "number":
      return Number(of.value.numerator) / Number(of.value.denominator)
    case "symbol":
      return at.get(of.name) ?? Number.NaN
    case "constant":
      return of.name === "pi" ? Math.PI : of.name === "e" ? Math.E : Number.NaN
    case "add":
      return of.terms.map(visit).reduce((a, b) => a + b, 0)
    case "multiply":
      return of.factors.map(visit).reduce((a, b) => a * b, 1)
    case "negate":
      return -visit(of.operand)
    case "divide":
      return visit(of.numerator) / visit(of.denominator)
    case "power":
      return power(visit(of.base), visit(of.exponent), asFraction(of.exponent))
    case "root":
      return power(visit(of.radicand), 1 / visit(of.index), [1n, asFraction(of.index)![0]])
    case "apply": {
      const x = visit(of.arguments[0]!)
      const functions: Record<string, (x: number) => number> = {
        sin: (angle) => snap(Math.sin(angle)),
        cos: (angle) => snap(Math.cos(angle)),
        tan: (angle) => snap(Math.tan(angle)),
        ln: Math.log,
        abs: Math.abs,
        exp: Math.exp,
        arctan: Math.atan,
        sinh: Math.sinh,
      }
      return functions[of.function]?.(x) ?? Number.NaN
    }
    default:
      return Number.NaN
  }
}
