/**
 * Which part of a response counts.
 */
import type { Span } from "./span.ts"

const THOUGHT_ENDS = ["</think>", "</thinking>", "</thought>", "[/THINK]", "◁/think▷", "<|end_of_thought|>"]
const TURN_ENDS = [
  "<|im_end|>",
  "<|im_start|>",
  "<|endoftext|>",
  "<|eot_id|>",
  "<|end_of_text|>",
  "<end_of_turn>",
  "</s>",
]

/** A box, `####` or phrase with an answer in it, unlike the one in which a prompt asks for it. */
const ANSWERED =
  /\\boxed ?\{ ?(?!\}|\.|…|\\[lc]?dots|\\text\{ ?(?:your|answer)|your|answer)|####[ \t]{0,4}\S{0,4}\d|\b[Aa]nswer(?: is)? ?[:：]? ?[*$\\({]{0,6}(?:-?\d|[A-J]\b)/
/** The next problem of a text that went on after its answer. */
const NEXT_PROBLEM =
  /\n[ \t]{0,4}(?:#{1,6} |\*\*)?(?:(?:(?:New |Next )?(?:Problem|Question|Exercise)|Q|Human|User)[ \t]?(?:\*\*)?[:：]|#{2,3} (?:Instruction|Problem|Question)\b)/g

/** Where a text begins another problem after it has answered one. */
const nextProblem = (text: string, { end, start }: Span): number => {
  const answered = ANSWERED.exec(text.slice(start, end))
  if (answered === null) return end
  NEXT_PROBLEM.lastIndex = start + answered.index
  const next = NEXT_PROBLEM.exec(text)
  return next === null ? end : Math.min(end, next.index)
}

/**
 * What follows the last closing thought tag, up to the end of the turn or the next problem. A thought that is never closed leaves the whole
 * text: models that were cut off, or that never close it, are judged by what they wrote. Of a text longer than any
 * response, the last quarter of a million characters count.
 */
export const visible = (text: string): Span => {
  let start = Math.max(0, text.length - LONGEST)
  for (const tag of THOUGHT_ENDS) {
    const at = text.lastIndexOf(tag)
    if (at !== -1) start = Math.max(start, at + tag.length)
  }
  let end = text.length
  for (const tag of TURN_ENDS) {
    const at = text.indexOf(tag, start)
    // A transcript that begins with such a token is not over where it begins.
    if (at !== -1 && at < end && /\S/.test(text.slice(start, Math.min(at, start + 1000)))) end = at
  }
  return { start, end: nextProblem(text, { start, end }) }
}

const WINDOW = 32_768
const LONGEST = 262_144

/** The last part of a long response, from a line start: an answer in prose is looked for only there. */
export const tail = (text: string, { end, start }: Span): Span => {
  if (end - start <= WINDOW) return { start, end }
  const line = text.indexOf("\n", end - WINDOW)
  return { start: line === -1 || line >= end - 1 ? end - WINDOW : line + 1, end }
}
