/**
 * What an answer says: the tree that the parser makes and every later stage reads.
 *
 * One level of it is mathematics (numbers, sums, functions), the other is what mathematical answers are made of (sets,
 * intervals, equations, matrices, words). Both are plain data.
 *
 * @since 0.1.0
 */
import type { Rational } from "./Rational.ts"

/**
 * A number as it was written.
 *
 * @since 0.1.0
 * @category models
 */
export interface NumberLiteral {
  readonly type: "number"
  readonly value: Rational
  /** Digits after the decimal point, where there is one: `2.50` has 2. A number without is exact. */
  readonly places?: number
}

/** @since 0.1.0
 * @category models */
export type ConstantName = "pi" | "e" | "i" | "infinity"

/** @since 0.1.0
 * @category models */
export type RelationOperator =
  | "="
  | "≠"
  | "<"
  | "≤"
  | ">"
  | "≥"
  | "≈"
  | "≡"
  | "∈"
  | "∉"
  | "⊂"
  | "⊆"
  | "→"
  | "∣"
  | "∝"
  | "∥"
  | "⊥"
  | "~"

/**
 * A function by its canonical name: `sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc sinh cosh tanh
 * coth sech csch arsinh arcosh artanh arcoth arsech arcsch ln exp abs sign floor ceil round gcd lcm max min mod re im arg
 * conjugate factorial doubleFactorial binomial permutations norm det degrees`, each of one or more arguments; `log` of
 * one (base unsaid) or two (`[x, base]`); anything else is a function that the text only names: `f(x)`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Apply {
  readonly type: "apply"
  readonly function: string
  readonly arguments: ReadonlyArray<Expression>
}

/** @since 0.1.0
 * @category models */
export type Expression =
  | NumberLiteral
  /** A variable, subscript included: `x`, `alpha`, `x_1`. */
  | { readonly type: "symbol"; readonly name: string }
  | { readonly type: "constant"; readonly name: ConstantName }
  | { readonly type: "add"; readonly terms: ReadonlyArray<Expression> }
  | { readonly type: "multiply"; readonly factors: ReadonlyArray<Expression> }
  | { readonly type: "negate"; readonly operand: Expression }
  | { readonly type: "divide"; readonly numerator: Expression; readonly denominator: Expression }
  | { readonly type: "power"; readonly base: Expression; readonly exponent: Expression }
  /** `radicand^(1/index)`, the real root of a negative radicand where the index is odd. */
  | { readonly type: "root"; readonly radicand: Expression; readonly index: Expression }
  | Apply
  /** `left ± right`, or `± right`; `flip` for `∓`. All signs of one answer go together. */
  | { readonly type: "plusMinus"; readonly left?: Expression; readonly right: Expression; readonly flip: boolean }
  | {
      readonly type: "sum" | "product"
      readonly variable: string
      readonly lower: Expression
      readonly upper: Expression
      readonly body: Expression
    }
  /** Definite with bounds, else an antiderivative. */
  | {
      readonly type: "integral"
      readonly variable: string
      readonly lower?: Expression
      readonly upper?: Expression
      readonly body: Expression
    }
  | {
      readonly type: "limit"
      readonly variable: string
      readonly point: Expression
      readonly side?: "above" | "below"
      readonly body: Expression
    }
  | { readonly type: "derivative"; readonly variable: string; readonly order: number; readonly body: Expression }
  /** A value with a unit or currency. */
  | { readonly type: "quantity"; readonly value: Expression; readonly unit: string }
  | { readonly type: "text"; readonly text: string }
  /**
   * Things in a row; without brackets `open` and `close` are empty, and a word may join them. `(a, b]` is an interval or a
   * slip of the pen.
   */
  | {
      readonly type: "sequence"
      readonly open: "" | "(" | "[" | "]" | "{" | "⟨"
      readonly close: "" | ")" | "]" | "[" | "}" | "⟩"
      readonly connective?: "and" | "or"
      readonly items: ReadonlyArray<Expression>
    }
  /** `1, 2, …` */
  | { readonly type: "ellipsis" }
  | { readonly type: "matrix"; readonly rows: ReadonlyArray<ReadonlyArray<Expression>>; readonly bars: boolean }
  /** `operands[0] operators[0] operands[1] …` */
  | {
      readonly type: "relation"
      readonly operands: ReadonlyArray<Expression>
      readonly operators: ReadonlyArray<RelationOperator>
    }
  | {
      readonly type: "setOperation"
      readonly operator: "∪" | "∩" | "∖"
      readonly operands: ReadonlyArray<Expression>
    }
  | {
      readonly type: "setBuilder"
      readonly element: Expression
      readonly conditions: ReadonlyArray<Expression>
    }
  | { readonly type: "namedSet"; readonly name: "R" | "Q" | "Z" | "N" | "C"; readonly sign?: "+" | "-" }
  | {
      readonly type: "logic"
      readonly operator: "and" | "or" | "not" | "implies" | "iff"
      readonly operands: ReadonlyArray<Expression>
    }
  /** `2516_8` */
  | { readonly type: "based"; readonly digits: string; readonly base: number }
  /** `2 : 3 : 4` */
  | { readonly type: "ratio"; readonly terms: ReadonlyArray<Expression> }
