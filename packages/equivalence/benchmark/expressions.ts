/**
 * Random expressions, written in SymPy's notation and in LaTeX as people write it, and slips made in them.
 */
import type { Random } from "./random.ts"

export type Tree =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "symbol"; readonly name: "x" | "y" | "pi" | "e" | "i" }
  | { readonly type: "add" | "multiply" | "divide"; readonly left: Tree; readonly right: Tree }
  | { readonly type: "power"; readonly left: Tree; readonly exponent: number }
  | { readonly type: "root"; readonly operand: Tree; readonly index: 2 | 3 }
  | { readonly type: "exponential" | "negate"; readonly operand: Tree }
  | { readonly type: "apply"; readonly name: string; readonly operand: Tree }

/** What expressions of one family are made of. */
interface Family {
  readonly leaves: ReadonlyArray<"number" | Extract<Tree, { type: "symbol" }>["name"]>
  readonly nodes: ReadonlyArray<Tree["type"]>
  readonly functions: ReadonlyArray<string>
}

const ALGEBRA = ["add", "add", "multiply", "multiply", "power", "negate"] as const

export const FAMILIES: { readonly [name: string]: Family } = {
  polynomial: { leaves: ["number", "x", "x", "y"], nodes: ALGEBRA, functions: [] },
  rational: { leaves: ["number", "x", "x", "y"], nodes: [...ALGEBRA, "divide", "divide"], functions: [] },
  radical: { leaves: ["number", "number", "x"], nodes: [...ALGEBRA, "divide", "root", "root"], functions: [] },
  trigonometric: {
    leaves: ["number", "x", "x", "y"],
    nodes: [...ALGEBRA, "divide", "apply", "apply", "apply"],
    functions: ["sin", "cos", "tan", "sin", "cos", "cot", "sec"],
  },
  exponential: {
    leaves: ["number", "x", "x"],
    nodes: [...ALGEBRA, "divide", "exponential", "apply"],
    functions: ["log", "sinh", "cosh", "tanh", "exp"],
  },
  inverse: {
    leaves: ["number", "x"],
    nodes: [...ALGEBRA, "apply", "apply"],
    functions: ["atan", "asin", "log", "sin"],
  },
  constant: {
    leaves: ["number", "number", "number", "pi", "e"],
    nodes: [...ALGEBRA, "divide", "root", "root", "apply"],
    functions: ["sin", "cos", "log", "atan"],
  },
  complex: { leaves: ["number", "number", "i", "i"], nodes: [...ALGEBRA, "divide"], functions: [] },
  modulus: { leaves: ["number", "x", "x"], nodes: [...ALGEBRA, "apply"], functions: ["Abs"] },
}

export const grow = (random: Random, family: Family, depth: number): Tree => {
  if (depth === 0 || random.chance(0.12)) {
    const leaf = random.pick(family.leaves)
    return leaf === "number" ? { type: "number", value: random.integer(1, 12) } : { type: "symbol", name: leaf }
  }
  const below = () => grow(random, family, depth - 1)
  const type = random.pick(family.nodes)
  switch (type) {
    case "add":
    case "multiply":
    case "divide":
      return { type, left: below(), right: below() }
    case "power":
      return { type, left: below(), exponent: random.pick([2, 2, 2, 3, 3, 4, -1, -2]) }
    case "root":
      return { type, operand: below(), index: random.pick([2, 2, 2, 3]) }
    case "apply":
      return { type, name: random.pick(family.functions), operand: below() }
    default:
      return { type: type === "exponential" ? type : "negate", operand: below() }
  }
}

const CONSTANTS = { x: "x", y: "y", pi: "pi", e: "E", i: "I" }

/** In SymPy's notation. */
export const toSympy = (tree: Tree): string => {
  switch (tree.type) {
    case "number":
      return `Integer(${tree.value})`
    case "symbol":
      return CONSTANTS[tree.name]
    case "negate":
      return `(-${toSympy(tree.operand)})`
    case "power":
      return `(${toSympy(tree.left)})**(${tree.exponent})`
    case "root":
      return `(${toSympy(tree.operand)})**Rational(1,${tree.index})`
    case "exponential":
      return `exp(${toSympy(tree.operand)})`
    case "apply":
      return `${tree.name}(${toSympy(tree.operand)})`
    default:
      return `(${toSympy(tree.left)}${{ add: "+", multiply: "*", divide: "/" }[tree.type]}${toSympy(tree.right)})`
  }
}

/** All slips: a number off by one, a sign turned, an exponent off by one, a function for its sister. */
export const slips = (tree: Tree): ReadonlyArray<Tree> => {
  const inside = (key: string, child: Tree): ReadonlyArray<Tree> =>
    slips(child).map((slip) => ({ ...tree, [key]: slip }))
  switch (tree.type) {
    case "number":
      return [{ ...tree, value: tree.value + 1 }]
    case "symbol":
      return []
    case "negate":
      return [tree.operand, ...inside("operand", tree.operand)]
    case "power":
      return [
        { ...tree, exponent: tree.exponent + 1 },
        { ...tree, exponent: tree.exponent - 1 },
        ...inside("left", tree.left),
      ]
    case "root":
    case "exponential":
      return inside("operand", tree.operand)
    case "apply": {
      const sister = { sin: "cos", cos: "sin", tan: "cot", sinh: "cosh", cosh: "sinh", asin: "atan" }[tree.name]
      return [...(sister === undefined ? [] : [{ ...tree, name: sister }]), ...inside("operand", tree.operand)]
    }
    default: {
      const turned: Tree = { ...tree, right: { type: "negate", operand: tree.right } }
      return [turned, ...inside("left", tree.left), ...inside("right", tree.right)]
    }
  }
}
