/**
 * Values with units, and angles in degrees.
 */
import type { Expression } from "../../Expression.ts"
import { add, multiply, negate, number, quantity } from "../parse/build.ts"
import { contains, mapChildren } from "../tree.ts"
import { any, type Context, type Decision, different } from "./decision.ts"
import { equal } from "./equal.ts"
import { isFormula } from "./kinds.ts"
import { compareScalars } from "./scalar.ts"
import { conversion } from "./units.ts"

/** Leaves every label off. */
export const withoutUnits = (expression: Expression): Expression =>
  expression.type === "quantity" ? withoutUnits(expression.value) : mapChildren(expression, withoutUnits)

/** `-30°` is a negated angle, and an angle. */
const angle = (expression: Expression): Expression | undefined => {
  if (expression.type === "apply" && expression.function === "degrees") return expression.arguments[0]!
  const inner = expression.type === "negate" ? angle(expression.operand) : undefined
  return inner && negate(inner)
}

/** `5 ft 6 in` in the first of its units. */
export const total = (expression: Expression): Expression => {
  const listed = expression.type === "sequence" && expression.open === "" && expression.items.length === 2
  const [first, ...rest] = listed ? expression.items : expression.type === "add" ? expression.terms : []
  if (first?.type !== "quantity") return expression
  const terms = [first.value]
  for (const term of rest) {
    const scale = term.type === "quantity" ? conversion(term.unit, first.unit) : "unknown"
    // `2 hours and 30 minutes`, but not `2 cm and 5 cm`.
    if (term.type !== "quantity" || typeof scale === "string" || (listed && scale.denominator <= scale.numerator))
      return expression
    terms.push(multiply(term.value, number(scale)))
  }
  return quantity(add(...terms), first.unit)
}

/** `5 m`, where the other side shows that the letter is a unit. */
const measuredAs = (expression: Expression, other: Expression): Expression => {
  if (expression.type !== "multiply" || other.type !== "quantity") return expression
  const last = expression.factors.at(-1)!
  return last.type === "symbol" && typeof conversion(last.name, other.unit) !== "string"
    ? quantity(multiply(...expression.factors.slice(0, -1)), last.name)
    : expression
}

/** Words behind a value that turn it round. */
const TURNS = /more|less|few|left|right|increase|decrease|counter|clock|°[CF]/

const isMeasured = (side: Expression): boolean => isFormula(side) && contains(side, ({ type }) => type === "quantity")

/** Units and degrees: ignored where one side has none, converted where both have. */
export const compareQuantities = (first: Expression, second: Expression, context: Context): Decision | undefined => {
  const [whole, other] = [total(first), total(second)]
  const [gold, answer] = [measuredAs(whole, other), measuredAs(other, whole)]
  const [g, a] = [angle(gold), angle(answer)]
  if (g !== undefined || a !== undefined) {
    const plain = equal(g ?? gold, a ?? answer, context)
    return (g === undefined || a === undefined) && isFormula(gold) && isFormula(answer)
      ? any([plain, compareScalars(withoutUnits(gold), withoutUnits(answer), context)])
      : plain
  }
  const [goldHas, answerHas] = [isMeasured(gold), isMeasured(answer)]
  if (!goldHas && !answerHas) return undefined
  if (gold.type === "quantity" && answer.type === "quantity") {
    const scale = conversion(answer.unit, gold.unit)
    if (scale === "different") return different("structure", `${answer.unit} is not ${gold.unit}`)
    const [turn, opposite] = [gold.unit, answer.unit].map((unit) => TURNS.exec(unit)?.[0])
    if (turn && opposite && turn !== opposite) return different("structure", `${opposite} is not ${turn}`)
    if (scale !== "unknown") {
      // A decimal stays as it was written where nothing is to be converted.
      const factor = scale.numerator === scale.denominator ? [] : [number(scale)]
      return equal(gold.value, multiply(answer.value, ...factor), context)
    }
  }
  if (context.options.unitsRequired && goldHas !== answerHas) return different("structure", "only one has a unit")
  return equal(goldHas ? withoutUnits(gold) : gold, answerHas ? withoutUnits(answer) : answer, context)
}
