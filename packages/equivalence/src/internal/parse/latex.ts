/**
 * From text to tokens: the commands of LaTeX, and words inside `\text`.
 */
import { isUnit } from "../compare/units.ts"
import { inner, type Lexer, push, skip } from "./lexer.ts"
import { matchAt } from "./numeral.ts"
import { CLOSING, isSymbol } from "./tokens.ts"
import { DROPPED_ARGUMENT, MEANINGS, SILENT, TEXT, WORDS } from "./vocabulary.ts"

const COMMAND = /\\([A-Za-z]+)/y
const LENGTH = /\s*-?[\d.]+\s*(?:pt|em|ex|mu|cm|mm|in)/y
const ROW_END = /\\\\(?:\[-?[\d.]+\s*[a-z]{2}\])?/y
const GROUP_NAME = /\s*\{([A-Za-z]+)\*?\}/y
const COLUMNS = /\s*(?:\[[a-z]\])?\s*\{(?:[^{}]|\{[^{}]*\})*\}/y
/** What stands behind a wide space between two values. */
const NEXT_VALUE = /\s*(?:-?[\dA-Za-z]|\\frac)/y
/** Text that is mathematics: a number before anything else, an equation, or one sign. */
const MATH_IN_TEXT =
  /^(?:[\s$]*[-+±]?\s*\(?(?:\d|\.\d|\\[df]?frac\b|\\sqrt\b)|[\s$]*\\?\$\s*\d|[A-Za-z]\s*=|\\?(?:[^\s\p{L}]|[dα-ω]|infinity|Infinity)$)/u

const BLOCK = /^(?:left|right|begin|end)$/

const known = (name: string): boolean =>
  MEANINGS.has(name) || [SILENT, TEXT, DROPPED_ARGUMENT, BLOCK].some((kind) => kind.test(name))

/** The contents of the brace group at `at`, and where it ends. */
const groupAt = (source: string, at: number): { content: string; end: number } | undefined => {
  const start = matchAt(/\s*\{/y, source, at)
  if (start === null) return undefined
  const from = at + start[0].length
  const brace = /\\.|([{}])/gs
  brace.lastIndex = from
  for (let depth = 1, found = brace.exec(source); found !== null; found = brace.exec(source)) {
    depth += found[1] === "{" ? 1 : found[1] === "}" ? -1 : 0
    if (depth === 0) return { content: source.slice(from, found.index), end: brace.lastIndex }
  }
  return { content: source.slice(from), end: source.length }
}

/** The words in the group at `from`. */
const text = (lexer: Lexer, name: string, from: number): void => {
  const { source, tokens } = lexer
  const last = tokens.at(-1)
  const group = groupAt(source, from)
  if (group === undefined) return skip(lexer, from)
  const { end } = group
  const content = group.content
    .replace(/^\\rm(?![A-Za-z])/, "")
    .replaceAll(/~|\\[ ,;:!]/g, " ")
    .trim()
  if (!/[^\s.,;]/.test(content)) return skip(lexer, end)
  const meaning = WORDS.get(content)
  const measured = last?.type === "number" && isUnit(content)
  if (meaning !== undefined && meaning[0] !== "letter" && !measured && content !== "in")
    return push(lexer, ...meaning, end)
  if (content === "U" && isSymbol(last, CLOSING)) return push(lexer, "symbol", "∪", end)
  if (source[end] === "_" && /^[\dA-F]*\d[\dA-F]*$/.test(content)) return push(lexer, "number", content, end)
  // `\mathrm{e}`, `\mathop{\rm sin}`
  const letter = /^(?:math|operator)/.test(name) && /^(?:[dei]$|\\)/.test(content)
  if (!letter && !MATH_IN_TEXT.test(content)) return push(lexer, "text", content, end)
  inner(lexer, content, end)
  lexer.spaced ||= !letter
}

const command = (lexer: Lexer, written: string, from: number): void => {
  const { source, tokens } = lexer
  const last = tokens.at(-1)
  // `\pir`, `\cdotx`: a space was forgotten.
  const shorter = [written.slice(0, -1), written.slice(0, -2)]
  const name = known(written) ? written : (shorter.find((start) => start.length > 1 && known(start)) ?? written)
  let end = from + 1 + name.length
  if (source[end] === "*") end++
  const meaning = MEANINGS.get(name)
  if (meaning !== undefined) return push(lexer, ...meaning, end)
  // Boxes one after the other are a list, and so are values with a wide space between them.
  const values = /^f?box/.test(name)
    ? last?.text === "}"
    : name.endsWith("quad") &&
      (last?.type === "number" || last?.type === "letter" || isSymbol(last, "})")) &&
      matchAt(NEXT_VALUE, source, end) !== null
  if (values) return push(lexer, "symbol", ",", end)
  // `{\rm cm}` is `\mathrm{cm}`.
  if (name === "rm" && source[from - 1] === "{" && isSymbol(last, "{")) {
    tokens.pop()
    return text(lexer, "mathrm", from - 1)
  }
  // `m\angle A` is a number of degrees.
  if (name === "angle" && last?.text === "m") tokens.pop()
  if (TEXT.test(name)) return text(lexer, name, end)
  if (DROPPED_ARGUMENT.test(name))
    return skip(lexer, groupAt(source, end)?.end ?? end + (matchAt(LENGTH, source, end)?.[0].length ?? 0))
  if (name === "left" || name === "right") {
    const [gap] = matchAt(/\s*\.?/y, source, end)!
    if (!gap.endsWith(".")) lexer.side = name === "left" ? "open" : "close"
    return skip(lexer, end + gap.length)
  }
  if (name === "begin" || name === "end") {
    const group = matchAt(GROUP_NAME, source, end)
    if (group === null) return skip(lexer, end)
    end += group[0].length
    const environment = group[1]!
    if (environment === "array") end += matchAt(COLUMNS, source, end)?.[0].length ?? 0
    lexer.environments += name === "begin" ? 1 : -1
    return push(lexer, name, environment, end)
  }
  if (SILENT.test(name)) skip(lexer, end)
  else push(lexer, "word", name, end)
}

export const backslash = (lexer: Lexer): void => {
  const { at, environments, source } = lexer
  const next = source[at + 1] ?? ""
  if (next !== "\\") {
    const named = matchAt(COMMAND, source, at)
    if (named !== null) return command(lexer, named[1]!, at)
    const meaning = MEANINGS.get(`\\${next}`)
    return meaning === undefined ? skip(lexer, at + 2) : push(lexer, ...meaning, at + 2)
  }
  // A model that escapes twice writes `\\frac`; only an environment has rows.
  const after = environments === 0 ? matchAt(COMMAND, source, at + 1) : null
  if (after !== null && known(after[1]!)) return command(lexer, after[1]!, at + 1)
  push(lexer, "symbol", "⏎", at + matchAt(ROW_END, source, at)![0].length)
}
