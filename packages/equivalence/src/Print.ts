/**
 * From expression to LaTeX that reads back as the same expression.
 *
 * @since 0.1.0
 */
import type { Expression, NumberLiteral } from "./Expression.ts"
import * as Rational from "./Rational.ts"

/** How tightly a form binds: brackets go around what binds less than its place demands. */
const BINDING = { list: 0, relation: 1, set: 2, ratio: 3, sum: 4, product: 5, power: 7, atom: 8 } as const
type Binding = (typeof BINDING)[keyof typeof BINDING]

interface Printed {
  readonly text: string
  readonly binding: Binding
}

const atom = (text: string): Printed => ({ text, binding: BINDING.atom })

/** Functions that LaTeX has a command for, and others of ours. */
const COMMANDS = new Set(
  "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth ln log gcd max min arg det".split(" "),
)
const OPERATORS = new Set(
  "arccot arcsec arccsc sech csch arsinh arcosh artanh arcoth arsech arcsch lcm sign round re im permutations".split(
    " ",
  ),
)
const BARS: Readonly<Record<string, readonly [string, string]>> = {
  abs: ["\\left|", "\\right|"],
  norm: ["\\left\\|", "\\right\\|"],
  floor: ["\\lfloor ", "\\rfloor "],
  ceil: ["\\lceil ", "\\rceil "],
}
const GREEK =
  /^(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|omicron|pi|rho|sigma|tau|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega|ell|hbar|nabla|partial)(?![a-z])/
const RELATIONS: Readonly<Record<string, string>> = {
  "≠": "\\ne",
  "≤": "\\le",
  "≥": "\\ge",
  "≈": "\\approx",
  "≡": "\\equiv",
  "∈": "\\in",
  "∉": "\\notin",
  "⊂": "\\subset",
  "⊆": "\\subseteq",
  "→": "\\to",
  "∣": "\\mid",
  "∝": "\\propto",
  "∥": "\\parallel",
  "⊥": "\\perp",
  "~": "\\sim",
}

const number = ({ places, value }: NumberLiteral): Printed => {
  const negative = value.numerator < 0n
  const size = negative ? Rational.negate(value) : value
  const text =
    places === undefined
      ? size.denominator === 1n
        ? `${size.numerator}`
        : `\\frac{${size.numerator}}{${size.denominator}}`
      : withPlaces(size, places)
  return negative ? { text: `-${text}`, binding: BINDING.sum } : atom(text)
}

const withPlaces = (value: Rational.Rational, places: number): string => {
  const digits = `${(value.numerator * 10n ** BigInt(places)) / value.denominator}`.padStart(places + 1, "0")
  return places === 0 ? `${digits}.0`.replace(/\.0$/, "") : `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

const name = (symbol: string): string => {
  const [letter, ...subscripts] = symbol.split("_")
  const head = GREEK.test(letter!) ? `\\${letter!}` : letter!
  return subscripts.length === 0 ? head : `${head}_{${subscripts.join("_")}}`
}

const within = (expression: Expression, binding: Binding): string => {
  const printed = show(expression)
  return printed.binding < binding ? `\\left(${printed.text}\\right)` : printed.text
}

/** A term of a sum with the sign before it. */
const summand = (term: Expression, index: number): string => {
  const bare = show(term).text
  const negative = term.type === "negate" || (term.type === "number" && term.value.numerator < 0n)
  if (index === 0) return negative ? bare : within(term, BINDING.product)
  return negative ? `- ${bare.slice(1)}` : `+ ${within(term, BINDING.product)}`
}

const list = (items: ReadonlyArray<Expression>, joint = ", "): string =>
  items.map((item) => within(item, BINDING.relation)).join(joint)

const call = (functionName: string, args: ReadonlyArray<Expression>): Printed => {
  const [first, second] = args
  const bars = BARS[functionName]
  if (bars !== undefined && first !== undefined) return atom(`${bars[0]}${show(first).text}${bars[1]}`)
  switch (functionName) {
    case "factorial":
      return { text: `${within(first!, BINDING.atom)}!`, binding: BINDING.power }
    case "doubleFactorial":
      return { text: `${within(first!, BINDING.atom)}!!`, binding: BINDING.power }
    case "degrees":
      return { text: `${within(first!, BINDING.atom)}^{\\circ}`, binding: BINDING.power }
    case "binomial":
      return atom(`\\binom{${show(first!).text}}{${show(second!).text}}`)
    case "conjugate":
      return atom(`\\overline{${show(first!).text}}`)
    case "mod":
      return {
        text: `${within(first!, BINDING.product)} \\bmod ${within(second!, BINDING.power)}`,
        binding: BINDING.set,
      }
    case "log":
      if (second !== undefined) return atom(`\\log_{${show(second).text}}\\left(${show(first!).text}\\right)`)
      break
    default:
  }
  const head = COMMANDS.has(functionName)
    ? `\\${functionName}`
    : OPERATORS.has(functionName)
      ? `\\operatorname{${functionName}}`
      : name(functionName)
  return atom(`${head}\\left(${list(args)}\\right)`)
}

const withBounds = (operator: string, lower: string, upper: Expression, body: Expression): Printed => ({
  text: `${operator}_{${lower}}^{${show(upper).text}} ${within(body, BINDING.product)}`,
  binding: BINDING.product,
})

const show = (expression: Expression): Printed => {
  switch (expression.type) {
    case "number":
      return number(expression)
    case "symbol":
      return atom(name(expression.name))
    case "constant":
      return atom({ pi: "\\pi ", infinity: "\\infty ", e: "e", i: "i" }[expression.name])
    case "add":
      return { text: expression.terms.map(summand).join(" "), binding: BINDING.sum }
    case "multiply":
      return {
        text: expression.factors.map((factor) => within(factor, BINDING.power)).join(" \\cdot "),
        binding: BINDING.product,
      }
    case "negate":
      return { text: `-${within(expression.operand, BINDING.product)}`, binding: BINDING.sum }
    case "divide":
      return atom(`\\frac{${show(expression.numerator).text}}{${show(expression.denominator).text}}`)
    case "power":
      return {
        text: `${within(expression.base, BINDING.atom)}^{${show(expression.exponent).text}}`,
        binding: BINDING.power,
      }
    case "root":
      return atom(`\\sqrt[${show(expression.index).text}]{${show(expression.radicand).text}}`)
    case "apply":
      return call(expression.function, expression.arguments)
    case "plusMinus": {
      const sign = expression.flip ? "\\mp" : "\\pm"
      const left = expression.left === undefined ? "" : `${within(expression.left, BINDING.sum)} `
      return { text: `${left}${sign} ${within(expression.right, BINDING.product)}`, binding: BINDING.sum }
    }
    case "sum":
    case "product":
      return withBounds(
        expression.type === "sum" ? "\\sum" : "\\prod",
        `${name(expression.variable)}=${show(expression.lower).text}`,
        expression.upper,
        expression.body,
      )
    case "integral": {
      const bounds =
        expression.lower === undefined || expression.upper === undefined
          ? ""
          : `_{${show(expression.lower).text}}^{${show(expression.upper).text}}`
      return {
        text: `\\int${bounds} ${within(expression.body, BINDING.product)} \\, d${name(expression.variable)}`,
        binding: BINDING.product,
      }
    }
    case "limit": {
      const side = expression.side === undefined ? "" : expression.side === "above" ? "^{+}" : "^{-}"
      return {
        text: `\\lim_{${name(expression.variable)} \\to ${show(expression.point).text}${side}} ${within(expression.body, BINDING.product)}`,
        binding: BINDING.product,
      }
    }
    case "derivative": {
      const order = expression.order === 1 ? "" : `^{${expression.order}}`
      return {
        text: `\\frac{d${order}}{d ${name(expression.variable)}${order}}\\left(${show(expression.body).text}\\right)`,
        binding: BINDING.product,
      }
    }
    case "quantity":
      return { text: `${within(expression.value, BINDING.product)} \\text{ ${expression.unit}}`, binding: BINDING.sum }
    case "text":
      return atom(`\\text{${expression.text}}`)
    case "sequence": {
      const { close, items, open } = expression
      const joint = expression.connective === undefined ? ", " : ` \\text{ ${expression.connective} } `
      if (open === "") return { text: list(items, joint), binding: BINDING.list }
      const escaped = (bracket: string) =>
        ({ "{": "\\{", "}": "\\}", "⟨": "\\langle ", "⟩": "\\rangle " })[bracket] ?? bracket
      return atom(`${escaped(open)}${list(items)}${escaped(close)}`)
    }
    case "ellipsis":
      return atom("\\ldots ")
    case "matrix":
      return atom(
        `\\begin{pmatrix} ${expression.rows.map((row) => row.map((entry) => show(entry).text).join(" & ")).join(" \\\\ ")} \\end{pmatrix}`,
      )
    case "relation":
      return {
        text: expression.operands
          .map(
            (operand, index) =>
              `${within(operand, BINDING.set)}${index < expression.operators.length ? ` ${RELATIONS[expression.operators[index]!] ?? expression.operators[index]!} ` : ""}`,
          )
          .join(""),
        binding: BINDING.relation,
      }
    case "setOperation":
      return {
        text: expression.operands
          .map((operand) => within(operand, BINDING.ratio))
          .join({ "∪": " \\cup ", "∩": " \\cap ", "∖": " \\setminus " }[expression.operator]),
        binding: BINDING.set,
      }
    case "setBuilder":
      return atom(`\\{${show(expression.element).text} \\mid ${list(expression.conditions)}\\}`)
    case "namedSet":
      return atom(`\\mathbb{${expression.name}}${expression.sign === undefined ? "" : `^{${expression.sign}}`}`)
    case "logic": {
      const [left, right] = expression.operands
      if (expression.operator === "not")
        return { text: `\\neg ${within(left!, BINDING.relation)}`, binding: BINDING.list }
      const arrow = { and: "\\land", or: "\\lor", implies: "\\Rightarrow", iff: "\\Leftrightarrow" }[
        expression.operator
      ]
      return { text: `${show(left!).text} ${arrow} ${show(right!).text}`, binding: BINDING.list }
    }
    case "based":
      return atom(`${expression.digits}_{${expression.base}}`)
    case "ratio":
      return { text: expression.terms.map((term) => within(term, BINDING.sum)).join(" : "), binding: BINDING.ratio }
  }
}

/**
 * The expression in LaTeX. `Parse.parse` reads it back with the same meaning.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Parse, Print } from "@seed-grpo/equivalence"
 *
 * const parsed = Parse.parse("1/2x^2")
 * assert.equal(parsed.outcome === "parsed" && Print.print(parsed.expression), "\\frac{1}{2} \\cdot x^{2}")
 * ```
 *
 * @since 0.1.0
 * @category printing
 */
export const print = (expression: Expression): string => show(expression).text
