/**
 * `\boxed`, `\fbox`, `\framebox`, `\bbox`.
 */
import { connects } from "./connectors.ts"
import { isPlaceholder } from "./placeholder.ts"
import { found, type Found, joined, type Span } from "./span.ts"

/** A box: its content, and the whole of it with the command. */
interface Box {
  readonly outer: Span
  readonly inner: Span
  readonly truncated: boolean
}

/** U+0008 is what an unescaped `\b` of a JSON or Python string leaves behind. */
const COMMAND = /(?:\\(?:boxed|fbox|framebox|bbox)|[\b]oxed)(?![A-Za-z])/g
const OPTION = /(?:\s{0,8}\[[^\]\n]{0,40}\]){0,2}\s{0,8}/y

/** A box without a closing brace ends with the formula or the line; `\boxed 5` also at a comma, and where words go on. */
const LOOSE = /(?:[^$\n\\]|\\(?![)\]])[^]?){0,2000}/y
const BARE = /(?:[^$\n\\,} ]| (?![A-Za-z(])|\\(?![)\]])[^]?){0,200}/y

/** Where a sticky pattern ends that matches everywhere. */
const endOf = (pattern: RegExp, text: string, from: number, to: number): number => {
  pattern.lastIndex = from
  pattern.test(text)
  return Math.min(pattern.lastIndex, to)
}

/** Every box of a text in one pass, outermost closed ones, and at the end one that was begun and not closed. */
export const boxes = (text: string, scope: Span): ReadonlyArray<Box> => {
  const openings = new Map<number, number>()
  const closed: Array<Box> = []
  const bare: Array<Box> = []
  for (const match of text.slice(scope.start, scope.end).matchAll(COMMAND)) {
    const command = scope.start + match.index
    const brace = endOf(OPTION, text, command + match[0].length, scope.end)
    if (brace >= scope.end) break
    if (text[brace] === "{") openings.set(brace, command)
    else if (/[\s\\\w(+-]/.test(text[brace]!) && bare.length < 64) {
      const end = endOf(BARE, text, brace, scope.end)
      bare.push({ outer: { start: command, end }, inner: { start: brace, end }, truncated: false })
    }
  }
  if (openings.size === 0) return bare
  const stack: Array<number> = []
  for (let at = scope.start; at < scope.end; at++) {
    const character = text[at]
    if (character === "\\") at++
    else if (character === "{") stack.push(at)
    else if (character === "}") {
      const brace = stack.pop()
      const command = brace === undefined ? undefined : openings.get(brace)
      if (brace === undefined || command === undefined) continue
      // A box around earlier ones takes their place.
      while (closed.length > 0 && closed.at(-1)!.outer.start > command) closed.pop()
      closed.push({ outer: { start: command, end: at + 1 }, inner: { start: brace + 1, end: at }, truncated: false })
    }
  }
  const pending = stack.findLast((brace) => openings.has(brace))
  const all = bare.length === 0 ? closed : [...closed, ...bare].toSorted((a, b) => a.outer.start - b.outer.start)
  if (pending === undefined || pending < (all.at(-1)?.outer.start ?? -1)) return all
  const end = endOf(LOOSE, text, pending + 1, scope.end)
  return [
    ...all,
    { outer: { start: openings.get(pending)!, end }, inner: { start: pending + 1, end }, truncated: true },
  ]
}

/** Boxed answers in order. Boxes with nothing but a comma, "and", "or" or space between them are one list. */
export const boxed = (text: string, scope: Span): ReadonlyArray<Found> => {
  const groups: Array<Array<Found>> = []
  let previous: Box | undefined
  for (const box of boxes(text, scope)) {
    const part = { ...found(text, box.inner), truncated: box.truncated }
    if (part.answer === "" || isPlaceholder(part.answer)) continue
    const linked = previous !== undefined && connects(text, previous.outer.end, box.outer.start)
    if (linked) groups.at(-1)!.push(part)
    else groups.push([part])
    previous = box
  }
  return groups.map((parts) => ({ ...joined(text, parts), truncated: parts.at(-1)!.truncated === true }))
}
