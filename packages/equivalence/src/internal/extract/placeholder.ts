/**
 * Boxes of a restated instruction: "put it in \boxed{your answer}".
 */

const PLACEHOLDER =
  /^[<[({]?\s*(?:\.{2,}|…|\?+|\\[lc]?dots|(?:(?:your|the|my|final|numerical)[\s_~-]*){0,3}answer(?:[\s_]here)?)\s*[>\])}]?$/i
const TEXT = /^\\text\w{0,4}\{([^{}]{0,40})\}$/

/** Does it stand for an answer, without being one? */
export const isPlaceholder = (answer: string): boolean =>
  answer.length < 60 && PLACEHOLDER.test((TEXT.exec(answer)?.[1] ?? answer).trim())
