/**
 * LaTeX as people write it: the same tree in one of several hands.
 */
import type { Tree } from "./expressions.ts"
import type { Random } from "./random.ts"

const LOOSE = 0
const PRODUCT = 1
const TIGHT = 2

const NAMES: { readonly [name: string]: string } = { asin: "\\arcsin", atan: "\\arctan", log: "\\ln" }
const SYMBOLS = { x: "x", y: "y", pi: "\\pi", e: "e", i: "i" }

/** How tightly the outermost operation of a tree binds. */
const binding = (tree: Tree): number => {
  if (tree.type === "add" || tree.type === "negate") return LOOSE
  if (tree.type === "multiply" || tree.type === "divide" || tree.type === "apply") return PRODUCT
  return tree.type === "number" || tree.type === "symbol" ? TIGHT + 1 : TIGHT
}

export const toLatex = (random: Random, tree: Tree): string => {
  const write = (child: Tree, least = LOOSE): string => {
    const text = toLatex(random, child)
    if (binding(child) >= least) return text
    return random.chance(0.5) ? `(${text})` : `\\left(${text}\\right)`
  }
  switch (tree.type) {
    case "number":
      return `${tree.value}`
    case "symbol":
      return SYMBOLS[tree.name]
    case "negate":
      return `-${write(tree.operand, PRODUCT)}`
    case "add": {
      const right = tree.right
      if (right.type === "negate" && random.chance(0.8)) return `${write(tree.left)} - ${write(right.operand, PRODUCT)}`
      return `${write(tree.left)} + ${write(right, PRODUCT)}`
    }
    case "multiply": {
      const [left, right] = [write(tree.left, PRODUCT), write(tree.right, TIGHT)]
      // Digits must not run together, and after a function a factor needs a sign to stay outside it.
      const tight =
        /[a-z})\d]$/.test(left) && /^[a-z\\(]/.test(right) && binding(tree.left) !== PRODUCT && !/^[a-z]/.test(right)
      if (tight || (/\d$/.test(left) && /^[a-z]/.test(right) && binding(tree.left) !== PRODUCT)) return left + right
      return `${left}${random.pick([" \\cdot ", " \\times ", "*"])}${right}`
    }
    case "divide":
      if (random.chance(0.75))
        return `\\${random.pick(["frac", "frac", "dfrac"])}{${write(tree.left)}}{${write(tree.right)}}`
      return `${write(tree.left, TIGHT)}/${write(tree.right, TIGHT)}`
    case "power": {
      const exponent =
        tree.exponent >= 0 && tree.exponent < 10 && random.chance(0.7) ? `${tree.exponent}` : `{${tree.exponent}}`
      if (
        tree.left.type === "apply" &&
        /^(?:sin|cos|tan)$/.test(tree.left.name) &&
        tree.exponent > 1 &&
        random.chance(0.5)
      ) {
        return `\\${tree.left.name}^${exponent}(${write(tree.left.operand)})`
      }
      return `${write(tree.left, TIGHT + 1)}^${exponent}`
    }
    case "root":
      return `\\sqrt${tree.index === 2 ? "" : `[${tree.index}]`}{${write(tree.operand)}}`
    case "exponential":
      return `e^{${write(tree.operand)}}`
    case "apply": {
      const inner = write(tree.operand)
      if (tree.name === "Abs") return random.chance(0.5) ? `\\left|${inner}\\right|` : `\\lvert ${inner} \\rvert`
      const name = NAMES[tree.name] ?? `\\${tree.name}`
      if (binding(tree.operand) > TIGHT && inner !== "\\pi" && random.chance(0.5)) return `${name} ${inner}`
      return random.chance(0.5) ? `${name}(${inner})` : `${name}\\left(${inner}\\right)`
    }
  }
}
