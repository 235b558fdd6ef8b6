/**
 * The letters of multiple choice.
 */
import { type Decision, different, equivalent } from "./decision.ts"
import type { Text } from "./text.ts"

const CHOICE = /^(?:(?:option|choice|answer)\s+)?(?:\(([a-z])\)|\[([a-z])\]|([a-z])(?=$|[.):]|\s*[.):]))[.):]?(?=\s|$)/i

/** The letter that a choice names: `(B)`, `B.`, `\text{(B) 12 apples}`. */
const choiceOf = ({ words }: Text): string | undefined => {
  const match = CHOICE.exec(words)
  // `(A) and (B)` chooses twice.
  return match === null || /\([a-z]\)|\b(?:and|or)\s+[a-z]\b/i.test(words.slice(match[0].length))
    ? undefined
    : (match[1] ?? match[2] ?? match[3])!.toLowerCase()
}

/** Several letters of multiple choice, in order: `A, C`, `\text{A and C}`, `AC`. */
const choicesOf = ({ words }: Text): string | undefined => {
  const letters = words.replaceAll(/\band\b/g, "")
  return /^[A-H(][\sA-H(),.;&]*$/.test(letters) ? (letters.match(/[A-H]/g) ?? []).toSorted().join("") : undefined
}

/** Is it nothing but a letter of multiple choice? */
const isChoice = ({ plain }: Text): boolean => /^\(?[a-z]\)?$/.test(plain)

/** Decides where the reference is a letter of multiple choice, and the answer begins with one. */
export const compareChoices = (gold: Text, answer: Text): Decision | undefined => {
  const [both, chosen] = [gold.words + answer.words, choicesOf(gold)]
  if (/[,&]|and/.test(both) && chosen?.[1] !== undefined && chosen === choicesOf(answer))
    return equivalent("text", "the same choices")
  const [expected, found] = [choiceOf(gold), choiceOf(answer)]
  if (expected === undefined || found === undefined) return undefined
  const same = expected === found ? equivalent("text", "the same choice") : undefined
  // `\text{(B) } 12` as the reference
  if (!isChoice(gold)) return isChoice(answer) && /^[a-z ]*\(/i.test(gold.words) ? same : undefined
  // A lower-case letter that stands alone is a variable, or e.
  if (!/[()A-Z]/.test(gold.words) || /^[^()]*\be\b[^()]*$/.test(answer.words)) return undefined
  return same ?? different("text", "another choice")
}
