/**
 * Answers that the text itself takes back.
 */
import type { Found } from "./span.ts"

/** “Checking again”, “I made an error”, “the corrected answer”: what stood before no longer counts. */
const CORRECTION =
  /\b(?:correct(?:ed|ion|ing)|checking again|re-?check(?:ing|ed)?|mistaken?(?:ly)?|(?:an|my|arithmetic|the) error|wait|actually|revis(?:ed|ing)|on second thought|hold on|let me (?:redo|reconsider|rethink|try again|re-?(?:compute|calculate|evaluate))|scratch that|oops|(?:is|was) (?:wrong|incorrect|not right))\b|更正|修正|不对|错误/i

const WINDOW = 2_000

/** The answers after the last correction. */
export const afterCorrection = <A extends Found>(text: string, found: ReadonlyArray<A>): ReadonlyArray<A> => {
  for (let index = found.length - 1; index > 0; index--) {
    const gap = text.slice(Math.max(found[index - 1]!.end, found[index]!.start - WINDOW), found[index]!.start)
    if (CORRECTION.test(gap)) return found.slice(index)
  }
  return found
}
