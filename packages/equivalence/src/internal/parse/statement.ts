/**
 * Lists, conditions and relations: what an answer is as a whole.
 */
import type { Expression, RelationOperator } from "../../Expression.ts"
import { additive, followsTuple, isRemark } from "./arithmetic.ts"
import { apply, equation, operation, sequence, set, symbol } from "./build.ts"
import { accept, before, fail, isNext, nested, peek, type State, take } from "./state.ts"
import { CLOSING, isSymbol, type Token } from "./tokens.ts"
import { CONNECTIVES } from "./vocabulary.ts"

const RELATIONS = "=≠<≤>≥≈≡∈∉⊂⊆→∝∥⊥~"
/** Outside of sets and bars, a bar is one as well. */
const OUTSIDE = `${RELATIONS}∣|`

/** `\not` and the sign behind it are one sign. */
const NEGATED: Readonly<Record<string, string>> = {
  "=": "≠",
  "<": "≥",
  ">": "≤",
  "≤": ">",
  "≥": "<",
  "∈": "∉",
  "≡": "≠",
}

/** Words before the conditions of an item. */
const CONDITIONAL =
  /^,?\s*(?:for|where|with|when)(?: (?:all|any|some|every|each|real|positive|integers?|numbers?|values?|of|constants?)\b.*)?$/i

/** Words of the longest condition. */
const MAX_WORDS = 20

export const isConnective = (token: Token): boolean =>
  (token.type === "text" || token.type === "word") &&
  (CONDITIONAL.test(token.text) || CONNECTIVES.has(token.text.toLowerCase().replace(/^,\s*|\s*,$/g, "")))

const isSeparator = (token: Token): boolean => isSymbol(token, ",;⏎&∧∨") || isConnective(token)

/** Ends of a statement that are not for it to consume. */
const ENDS = `${CLOSING}⟩⌋⌉`

const ends = (token: Token): boolean => token.type === "stop" || token.type === "end" || isSymbol(token, ENDS)

/** Items up to a closing bracket or the end; one item stands for itself. Items between semicolons are lists of their own. */
export const list = (state: State): Expression => {
  const found: Array<Expression> = []
  // Where the lists behind semicolons begin, and those behind each “or” of `x=1, y=2 or x=2, y=1`.
  const groups: Array<number> = []
  const choices: Array<number> = []
  let and = false
  for (;;) {
    let semicolon = false
    while (isSeparator(peek(state))) {
      if (remark(state, found)) continue
      const token = take(state)
      semicolon ||= isSymbol(token, ";⏎")
      if (/^(?:,\s*)?(?:∨|or|或)$/i.test(token.text)) choices.push(found.length)
      and ||= /^(?:,\s*)?(?:∧|and)$/i.test(token.text)
    }
    // A bracket turned away opens an interval: `]0, 1]`.
    const opens = isNext(state, "]") && state.depth === 0 && state.at < 3
    if ((ends(peek(state)) && !opens) || (isNext(state, ".") && ends(peek(state, 1)))) break
    if (semicolon && found.length > 0) groups.push(found.length)
    const start = state.at
    found.push(statement(state))
    if (state.at === start) fail(state, "an expression")
    remark(state, found)
    if (!isSeparator(peek(state)) && !followsTuple(state)) break
  }
  accept(state, ".")
  const size = choices[0] ?? 0
  const even =
    size > 1 && found.length === size * (choices.length + 1) && found.every(({ type }) => type === "relation")
  const starts = even && groups.length === 0 ? choices : groups
  // `1; 2; 3` is as good a list as `1, 2, 3`.
  const whole = sequence(...[0, ...starts].map((from, index) => sequence(...found.slice(from, starts[index]))))
  const connective = choices.length > 0 ? "or" : and && "and"
  return connective && whole.type === "sequence" && whole.open === "" ? { ...whole, connective } : whole
}

/** Conditions behind an item: `(k \in \mathbb{Z})`, `for all real x`, `where k is an integer`; a rounded value says nothing. */
const remark = (state: State, items: Array<Expression>): boolean => {
  if (items.length === 0) return false
  if (isRemark(state)) {
    take(state)
    const rounded = isNext(state, "≈")
    const condition = nested(state, list)
    accept(state, ")")
    if (!rounded) items.push(condition)
    return true
  }
  if (!CONDITIONAL.test(peek(state).text)) return false
  let name: string | undefined
  let integers = false
  let words = 0
  for (; words < MAX_WORDS; words++) {
    const { text, type } = peek(state, words)
    if (type === "letter") name = text
    else if (type === "text" || type === "word") integers ||= /\bintegers?$/i.test(text)
    else break
  }
  const { text, type } = peek(state, words)
  if (words < 2 || name === undefined || (type !== "stop" && text !== ",")) return false
  state.at += words
  if (integers) items.push(equation(symbol(name), { type: "namedSet", name: "Z" }, "∈"))
  return true
}

/** Items of a list that may be a single one, as `x < 1 or x > 3` is. */
export const items = (expression: Expression): ReadonlyArray<Expression> =>
  expression.type === "sequence" && expression.open === "" && expression.connective !== "or"
    ? expression.items
    : [expression]

/** One item: a relation, or relations joined by an arrow of logic. */
export const statement = (state: State): Expression => {
  if (accept(state, "¬")) return { type: "logic", operator: "not", operands: [statement(state)] }
  while (accept(state, "∀∃")) continue
  // `⇒ x = 5` says x = 5.
  while (accept(state, "⇒")) continue
  const left = relation(state)
  const arrow = accept(state, "⇒⇔")
  if (arrow === undefined) return left
  return { type: "logic", operator: arrow.text === "⇒" ? "implies" : "iff", operands: [left, statement(state)] }
}

const relation = (state: State): Expression => {
  // `= 5` is the end of a calculation.
  accept(state, "=≈")
  const operands = [setOperation(state)]
  const operators: Array<RelationOperator> = []
  for (;;) {
    // The `&` of `x &= 1` aligns.
    const mark = isNext(state, "&¬") && isNext(state, RELATIONS, 1) ? take(state).text : ""
    const { text } = peek(state)
    if (!isNext(state, state.builder || state.bars > 0 ? RELATIONS : OUTSIDE)) break
    take(state)
    accept(state, "&")
    if (ends(peek(state)) || isSeparator(peek(state))) break
    operators.push((mark === "¬" ? NEGATED[text]! : text === "|" ? "∣" : text) as RelationOperator)
    const right = setOperation(state)
    // The modulus is part of what a congruence says.
    const congruent = text === "≡" && right.type === "apply" && right.function === "mod"
    // `k in Z`
    const set = text === "∈" && right.type === "symbol" && /^[RQZNC]$/.test(right.name)
    operands.push(
      congruent
        ? apply("modulo", right, right.arguments[1]!)
        : set
          ? { type: "namedSet", name: right.name as "Z" }
          : right,
    )
  }
  return operators.length === 0 ? operands[0]! : { type: "relation", operands, operators }
}

/** An operand of `∪`; braces that lost their backslashes hold a set there. */
const setOperand = (state: State, first: boolean): Expression => {
  const braced = isNext(state, "{")
  const value = ratio(state)
  const closed = braced && isSymbol(before(state), "}") && (!first || isNext(state, "∪∩∖"))
  return closed && !/^set|^sequence/.test(value.type) ? set(value) : value
}

const setOperation = (state: State): Expression => {
  let left = setOperand(state, true)
  for (let token = accept(state, "∪∩∖"); token !== undefined; token = accept(state, "∪∩∖")) {
    const operator = token.text as "∪" | "∩" | "∖"
    const right = setOperand(state, false)
    left =
      left.type === "setOperation" && left.operator === operator && operator !== "∖"
        ? { ...left, operands: [...left.operands, right] }
        : operation(operator, left, right)
  }
  return left
}

const ratio = (state: State): Expression => {
  const terms = [additive(state)]
  while (!state.builder && isNext(state, ":") && !ends(peek(state, 1))) {
    take(state)
    terms.push(additive(state))
  }
  return terms.length === 1 ? terms[0]! : { type: "ratio", terms }
}
