/**
 * Responses that stop before they come to an answer.
 */
import type { Span } from "./span.ts"

const STEP = /\b(?:step|part|case)[ \t]{1,4}\d{1,3}[ \t*_]{0,4}[:：][\s*_]{0,9}$/i
const NUMBER = /(?:^|\n)[ \t*_#]{0,9}(\d{1,3})([.)])[\s*_]{0,9}$/
const GIVEN_UP =
  /\bI(?:['’]m| am)? (?:can(?:not|['’]t)|could(?: not|n['’]t)|unable to|not able to|do(?: not|n['’]t))(?: really| fully)? (?:(?:solve|answer|finish|complete|continue|determine|do) (?:it|this|that|the (?:problem|question))|know\b)[^\d$\\]{0,200}$/i

const NEAR = 300

/** Does a text end with the number of a step that was never written, or give up? */
export const unfinished = (text: string, { end, start }: Span): boolean => {
  const last = text.slice(Math.max(start, end - NEAR), end)
  if (STEP.test(last) || GIVEN_UP.test(last)) return true
  const [, number, mark] = NUMBER.exec(last) ?? []
  // A number alone on the last line may be the answer, unless an item with the number before it came first.
  const before = Number(number) - 1
  return before > 0 && new RegExp(`(?:^|\\n)[ \\t*_#]{0,9}${before}\\${mark}`).test(text.slice(start, end))
}
