/**
 * The formulas and expressions of a sentence, and how they belong together.
 */
import { conditions } from "./conditions.ts"
import type { Span } from "./span.ts"
import type { Word } from "./words.ts"

/** A formula, or a run of mathematical words. */
export interface Piece extends Span {
  readonly formula: boolean
  readonly inner: Span
  /** The word behind a formula that says how much it is: "million". */
  readonly scale?: Span
  /** A connector stands before it, and nothing else. */
  readonly linked: boolean
  /** It says when or why the answer holds. */
  readonly condition: boolean
}

const depthOf = (word: string): number => {
  let depth = 0
  for (const character of word) {
    if ("([{".includes(character)) depth++
    else if (")]}".includes(character)) depth--
  }
  return depth
}

const isThousands = (before: string, after: string) => /(?:^|\D)\d{1,3}$/.test(before) && /^\d{3}(?!\d)/.test(after)
const isMixed = (before: string, after: string) => /^\d+$/.test(before) && /^\d+\/\d+$/.test(after)

/** Runs of mathematical words, without signs and letters that belong to nothing. */
export const pieces = (text: string, sentence: Span, list: ReadonlyArray<Word>): ReadonlyArray<Piece> => {
  const out: Array<Piece> = []
  const condition = conditions(text, sentence)
  let run: Array<Word> = []
  let depth = 0
  let linked = false
  let fresh = false
  const add = (piece: Pick<Piece, "start" | "end" | "inner" | "formula">) => {
    const held = condition.piece(piece)
    out.push({ ...piece, linked, condition: linked && out.length > 0 ? out.at(-1)!.condition : held })
    fresh = true
    linked = false
  }
  const flush = () => {
    while (run.length > 0 && run.at(-1)!.kind === "operator") run.pop()
    while (run.length > 1 && run[0]!.kind === "operator" && !/^[-+±−\\]/.test(text[run[0]!.start]!)) run.shift()
    if (run.some(({ end, kind, start }) => kind === "value" && /[^()[\]{}'"]/.test(text.slice(start, end)))) {
      const place = { start: run[0]!.start, end: run.at(-1)!.end }
      add({ ...place, inner: place, formula: false })
    } else if (run.length > 0) fresh = linked = false
    run = []
    depth = 0
  }
  const separate = (comma: boolean) => {
    flush()
    const listed = !comma || condition.comma()
    linked = fresh && (listed || out.at(-1)?.condition !== true)
  }
  list.forEach((word, index) => {
    const { comma, end, start } = word
    const previous = run.at(-1)
    const beside = list[index + 1]?.kind === "operator" || previous?.kind === "operator"
    // "y", "o" and "e" join words in some languages and are unknowns next to a sign.
    const times =
      word.kind === "variable" &&
      text[start] === "x" &&
      previous?.kind === "value" &&
      text.startsWith("10^", list[index + 1]?.start ?? 0)
    const kind = times
      ? "operator"
      : word.kind === "link" && beside && /^[a-z]$/i.test(text.slice(start, end))
        ? "variable"
        : word.kind === "scale" && previous?.kind === "value"
          ? "value"
          : word.kind
    const scaled = out.at(-1)
    if (kind === "value" || kind === "operator" || (kind === "variable" && (beside || depth > 0))) {
      const [before, after] =
        previous === undefined ? ["", ""] : [text.slice(previous.start, previous.end), text.slice(start, end)]
      const plain = /^[-+$]*\d[\d.,]*(?:\/\d+)?$/.test(before) && /^\d/.test(after)
      if (depth <= 0 && plain && !isThousands(before, after) && !isMixed(before, after)) flush()
      run.push(word.kind === kind ? word : { ...word, kind })
      depth += depthOf(text.slice(start, end))
      if (comma && depth <= 0) separate(true)
    } else if (kind === "link" && depth <= 0) separate(comma)
    else if (kind === "formula") {
      flush()
      add({ start, end, inner: word.inner!, formula: true })
    } else if (kind === "scale" && run.length === 0 && scaled?.formula === true && scaled.end + 1 === start) {
      out[out.length - 1] = { ...scaled, end, scale: { start, end } }
      if (comma) separate(true)
    } else if (kind !== "link") {
      flush()
      condition.word(word, kind === "condition")
      if (comma) condition.comma()
      fresh = linked = false
    }
  })
  flush()
  return out
}
