/**
 * A canonical text for an answer: answers with equal keys mean the same.
 *
 * Equality of keys is symmetric and transitive by construction, so clustering `n` answers takes `n` readings.
 *
 * @since 0.1.0
 */
import { normalize } from "./Normalize.ts"
import * as Rational from "./Rational.ts"
import { readNumber } from "./ReadNumber.ts"

/**
 * What an answer was read as, and its key.
 *
 * @since 0.1.0
 * @category models
 */
export interface AnswerKey {
  readonly kind: "number" | "collection" | "text"
  readonly key: string
}

const MAX_LENGTH = 20_000
const MAX_DEPTH = 8
const OPENING = "([{"
const CLOSING = ")]}"

/** Splits at commas outside brackets; nothing when brackets do not match. */
const splitItems = (text: string): ReadonlyArray<string> | undefined => {
  const items: Array<string> = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (OPENING.includes(character)) depth++
    else if (CLOSING.includes(character) && --depth < 0) return undefined
    else if (character === "," && depth === 0) {
      items.push(text.slice(from, at))
      from = at + 1
    }
  }
  if (depth !== 0) return undefined
  items.push(text.slice(from))
  return items
}

const isSet = (text: string) => text.startsWith("\\{") && text.endsWith("\\}")
const isBracketed = (text: string) => /^[([]/.test(text) && /[)\]]$/.test(text)

const collection = (text: string, depth: number): AnswerKey | undefined => {
  if (depth > MAX_DEPTH) return undefined
  const [opening, inner, closing] = isSet(text)
    ? ["{", text.slice(2, -2), "}"]
    : isBracketed(text)
      ? [text[0]!, text.slice(1, -1), text.at(-1)!]
      : ["", text, ""]
  const items = splitItems(inner)
  if (items === undefined || items.length < 2 || items.some((item) => item.trim() === "")) return undefined
  const keys = items.map((item) => keyAt(item, depth + 1).key)
  // Order matters between round or square brackets only: points and intervals, not sets and lists.
  const ordered = opening === "(" || opening === "[" ? keys : [...new Set(keys)].toSorted()
  return { kind: "collection", key: `${opening}${ordered.join(",")}${closing}` }
}

const UNIT = /^(?!pi\b)[A-Za-z]{2,}(?:\^\{?\d\}?)?(?: [A-Za-z]{2,})*$/

/** `x = 5` and `5 cm` are answers of 5; a unit follows the first space and is made of words. */
const bareValue = (text: string): string => {
  const value = text.replace(/^[A-Za-z](?:_\{?\w+\}?)? ?= ?/, "")
  const space = value.indexOf(" ")
  return space > 0 && UNIT.test(value.slice(space + 1)) ? value.slice(0, space) : value
}

/**
 * Reads an answer. Numbers are exact in every spelling; points, intervals, sets and lists are read item by item; anything
 * else is text, compared without regard to case and spaces.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { AnswerKey } from "@seed-grpo/equivalence"
 *
 * assert.deepEqual(AnswerKey.answerKey("\\frac{6}{8}"), { kind: "number", key: "3/4" })
 * assert.equal(AnswerKey.answerKey("\\{2, 1\\}").key, AnswerKey.answerKey("\\{1, 2.0\\}").key)
 * assert.notEqual(AnswerKey.answerKey("(2, 1)").key, AnswerKey.answerKey("(1, 2)").key)
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const answerKey = (answer: string): AnswerKey => keyAt(answer, 0)

const keyAt = (answer: string, depth: number): AnswerKey => {
  if (answer.length > MAX_LENGTH) return { kind: "text", key: `text:${answer}` }
  const text = bareValue(normalize(answer))
  const number = readNumber(text)
  if (number !== undefined) return { kind: "number", key: Rational.format(number) }
  return collection(text, depth) ?? { kind: "text", key: `text:${text.replaceAll(" ", "").toLowerCase()}` }
}
