/**
 * From text to tokens: LaTeX, plain text and Unicode mathematics in one pass.
 */
import { isUnit } from "../compare/units.ts"
import { matchAt, scanNumeral } from "./numeral.ts"
import { type Reading, type Token, type TokenType, Unreadable } from "./tokens.ts"
import {
  DROPPED_ARGUMENT_COMMANDS,
  FORM_CHARACTERS,
  FORM_COMMANDS,
  FUNCTIONS,
  LETTER_CHARACTERS,
  LETTER_COMMANDS,
  SILENT_COMMANDS,
  SUBSCRIPTS,
  SUPERSCRIPTS,
  SYMBOL_CHARACTERS,
  SYMBOL_COMMANDS,
  SYMBOL_WORDS,
  TEXT_COMMANDS,
  VULGAR_FRACTIONS,
} from "./vocabulary.ts"

export const MAX_SOURCE = 20_000
const MAX_TOKENS = 20_000

const COMMAND = /\\([A-Za-z]+)\*?/y
const LETTERS = /[A-Za-z]+/y
const OTHER_LETTERS = /[\p{L}\p{M}]+/uy
const LENGTH = /\s*-?[\d.]+\s*(?:pt|em|ex|mu|cm|mm|in)/y
const ROW_GAP = /\\\\\[-?[\d.]+\s*[a-z]{2}\]/y
const GROUP_NAME = /\s*\{([A-Za-z]+\*?)\}/y
const COLUMNS = /\s*(?:\[[a-z]\])?\s*\{[lcr|@{}\s\d.]*\}/y
/** Text that is mathematics: digits and operators, a number before anything else, an equation, a bracket or a currency. */
const MATH_IN_TEXT =
  /^(?:[\s$]*[-+±]?\s*\(?(?:\d|\.\d|\\[df]?frac\b|\\sqrt\b)|[\s$]*\\?\$\s*\d|[A-Za-z]\s*=|\\?[()[\],:;=+<>$€£¥%πα-ω∞-]$|infinity$)/i
/** A numeral with digits beyond nine, and its base. */
const LETTER_DIGITS =
  /(?=[A-Z]*\d)(?=\d*[A-Za-f])([\dA-Z]{2,64}|\d{1,64}[a-f][a-f\d]{0,64})(?=[)}]{0,2}_\{?(?:\\text\{)?(?:1[1-9]|[23]\d)(?!\d))/y
const NEGATED = new Map([
  ["=", "≠"],
  ["<", "≥"],
  [">", "≤"],
  ["≤", ">"],
  ["≥", "<"],
  ["∈", "∉"],
  ["≡", "≠"],
])

const OPERATORS = [
  "<=>",
  "<->",
  "...",
  "+/-",
  "<>",
  "**",
  "<=",
  ">=",
  "=<",
  "=>",
  "!=",
  "==",
  "->",
  ":=",
  "≤",
  "||",
] as const
const OPERATOR_MEANINGS = new Map([
  ["<=>", "⇔"],
  ["<->", "⇔"],
  ["...", "…"],
  ["**", "^"],
  ["<=", "≤"],
  [">=", "≥"],
  ["=<", "≤"],
  ["=>", "⇒"],
  ["!=", "≠"],
  ["==", "="],
  ["->", "→"],
  [":=", "="],
  ["+/-", "±"],
  ["<>", "≠"],
])

export interface Lexed {
  readonly tokens: ReadonlyArray<Token>
  /** A comma between digits could have meant something else. */
  readonly comma: boolean
}

/** Places of dollar signs that are currency; every other one only begins or ends mathematics. */
const currencyPlaces = (source: string): ReadonlySet<number> => {
  const places: Array<number> = []
  for (let at = source.indexOf("$"); at !== -1; at = source.indexOf("$", at + 1)) {
    if (source[at - 1] !== "\\") places.push(at)
  }
  const money = (at: number) => /^\s?\d/.test(source.slice(at + 1, at + 3))
  if (places.length % 2 === 1) return new Set(places.filter(money))
  return new Set(
    places.filter((at, index) => {
      const closing = places[index ^ 1]!
      const [first, second] = at < closing ? [at, closing] : [closing, at]
      return money(first) && money(second) && /\s/.test(source[second - 1] ?? "")
    }),
  )
}

/** The contents of the brace group at `at`, and where it ends. */
const groupAt = (source: string, at: number): { content: string; start: number; end: number } | undefined => {
  let from = at
  while (source[from] === " ") from++
  if (source[from] !== "{") return undefined
  let depth = 0
  for (let place = from; place < source.length; place++) {
    const character = source[place]
    if (character === "\\") place++
    else if (character === "{") depth++
    else if (character === "}" && --depth === 0) {
      return { content: source.slice(from + 1, place), start: from + 1, end: place + 1 }
    }
  }
  return { content: source.slice(from + 1), start: from + 1, end: source.length }
}

const known = (name: string) =>
  FUNCTIONS.has(name) ||
  FORM_COMMANDS.has(name) ||
  LETTER_COMMANDS.has(name) ||
  SYMBOL_COMMANDS.has(name) ||
  TEXT_COMMANDS.has(name) ||
  SILENT_COMMANDS.has(name) ||
  ["left", "right", "begin", "end"].includes(name)

/** Tokens of a text. Throws `Unreadable` when it is too long. */
export const lex = (source: string, reading: Reading): Lexed => {
  const tokens: Array<Token> = []
  const currency = currencyPlaces(source)
  let at = 0
  let spaced = false
  let depth = 0
  let environments = 0
  let comma = false
  let side: "open" | "close" | undefined
  let primed = false

  const last = (back = 1): Token | undefined => tokens.at(-back)
  const isLast = (back: number, ...texts: ReadonlyArray<string>): boolean =>
    last(back)?.type === "symbol" && texts.includes(last(back)!.text)

  const push = (type: TokenType, written: string, end: number, extra: Partial<Token> = {}): void => {
    let text = written
    if (last()?.text === "not" && last()!.type === "command" && NEGATED.has(text)) {
      text = NEGATED.get(text)!
      tokens.pop()
    }
    // `f^{\prime}` is `f'`.
    if (type === "symbol" && text === "'" && (isLast(1, "^") || (isLast(1, "{") && isLast(2, "^")))) {
      if (tokens.pop()!.text === "{") {
        tokens.pop()
        primed = true
      }
    } else if (primed && text !== "'") {
      primed = false
      if (text === "}") return skip(end)
    }
    // `{=}`, `{\times}`, `{:}` and `{\sin}`: braces around a sign only set its spacing.
    const bare =
      type === "symbol" && text === "}" && isLast(2, "{") && !isLast(3, "^", "_") && last(3)?.type !== "command"
    if (bare && (FUNCTIONS.has(last()!.text) || isLast(1, "+", "-", "*", "/", "=", "<", ">", "≤", "≥", ":", "±"))) {
      tokens.splice(-2, 1)
      at = end
      return
    }
    if (tokens.length >= MAX_TOKENS) throw new Unreadable(`at most ${MAX_TOKENS} symbols`, at, source.length)
    tokens.push({ type, text, start: at, end, spaced, ...(side === undefined ? {} : { side }), ...extra })
    if (type === "symbol") {
      if (text === "(" || text === "[" || text === "\\{") depth++
      else if (text === ")" || text === "]" || text === "\\}") depth--
    }
    at = end
    spaced = false
    side = undefined
  }
  const skip = (end: number): void => {
    at = end
    spaced = true
  }

  /** Mathematics inside other text: all tokens at one place. */
  const inner = (content: string, place: number): void => {
    for (const { numeral, spaced: gap, text, type } of lex(content, reading).tokens) {
      if (type !== "stop") push(type, text, place, { spaced: gap, ...(numeral === undefined ? {} : { numeral }) })
    }
  }

  const word = (text: string, end: number): void => {
    const single = text.length === 1
    // `3 x 4`, `3.2 x 10^5`
    if (
      text === "x" &&
      last()?.type === "number" &&
      (spaced ? /^\s+\d/ : /^\s*10\s?(?:\^|\*\*)/).test(source.slice(end, end + 8))
    ) {
      return push("symbol", "*", end)
    }
    const base = text === "log" ? /^(\d+)\(/.exec(source.slice(end, end + 4)) : null
    if (base !== null) {
      push("function", "log", end)
      push("symbol", "_", end)
      return
    }
    if (text === "boxed" || text === "Matrix") return skip(end)
    const before = last()?.text
    push(single ? "letter" : "word", text, end)
    // `x2` is `x_2`, but for `\frac x2` and `n2^{n-1}`.
    const indexed = single && /^\d+(?!\d|\^[{(]?\s*-?[A-Za-z])/.test(source.slice(end, end + 12))
    if (indexed && !/[ei]/.test(text) && !/^(?:frac|binom)$/.test(before ?? "")) push("symbol", "_", end)
  }

  const text = (name: string, from: number): void => {
    const start = at
    const group = groupAt(source, from)
    if (group === undefined) return skip(from)
    const content = group.content
      .replace(/^\\rm(?![A-Za-z])/, "")
      .replaceAll(/~|\\[ ,;:!]/g, " ")
      .trim()
    const upright = name === "mathrm" || name === "operatorname"
    if (!/[^\s.,;]/.test(content)) return skip(group.end)
    const measured = last()?.type === "number" && isUnit(content)
    if (FUNCTIONS.has(content) && !measured) return push("function", FUNCTIONS.get(content)!, group.end)
    if (SYMBOL_WORDS.has(content) && content !== "in") return push("symbol", SYMBOL_WORDS.get(content)!, group.end)
    if (content === "d" || (upright && /^[eiπ]$/.test(content))) return push("letter", content, group.end)
    if (upright && LETTER_COMMANDS.has(content.slice(1)))
      return push("letter", LETTER_COMMANDS.get(content.slice(1))!, group.end)
    if (source[group.end] === "_" && /^[\dA-F]*\d[\dA-F]*$/.test(content)) {
      return push("number", content, group.end, { numeral: { whole: "0", exponent: 0 } })
    }
    if (content === "U" && isLast(1, ")", "]", "}")) return push("symbol", "∪", group.end)
    if (MATH_IN_TEXT.test(content)) {
      inner(content, start)
      return skip(group.end)
    }
    push("text", content, group.end)
  }

  const command = (written: string, from: number): void => {
    let name = written
    let end = from + 1 + name.length
    if (source[end] === "*") end++
    if (!known(name) && !DROPPED_ARGUMENT_COMMANDS.has(name)) {
      // `\pir`, `\cdotx`: a space was forgotten.
      for (let length = name.length - 1; length >= 2 && length >= name.length - 2; length--) {
        if (!known(name.slice(0, length))) continue
        name = name.slice(0, length)
        end = from + 1 + length
        break
      }
    }
    at = from
    if (name === "boxed" || name === "fbox") {
      // Boxes one after the other are a list.
      if (tokens.at(-1)?.text === "}") push("symbol", ",", at)
      return skip(end)
    }
    // `{\rm cm}` is `\mathrm{cm}`.
    if (name === "rm" && source[from - 1] === "{" && isLast(1, "{")) {
      tokens.pop()
      return text("mathrm", from - 1)
    }
    // A wide space between two values lists them.
    if (
      name.endsWith("quad") &&
      (/number|letter/.test(last()?.type ?? "") || isLast(1, "}", ")")) &&
      /^\s*(?:-?[\dA-Za-z]|\\frac)/.test(source.slice(end, end + 9))
    ) {
      return push("symbol", ",", end)
    }
    if (name === "angle" || name === "triangle") {
      if (last()?.text === "m") tokens.pop()
      return skip(end)
    }
    if (SILENT_COMMANDS.has(name)) return skip(end)
    if (TEXT_COMMANDS.has(name)) return text(name, end)
    if (DROPPED_ARGUMENT_COMMANDS.has(name)) return skip(groupAt(source, end)?.end ?? end)
    if (name === "hskip" || name === "kern" || name === "vskip")
      return skip(end + (matchAt(LENGTH, source, end)?.[0].length ?? 0))
    if (name === "left" || name === "right") {
      const next = /\s*(\.)?/y
      next.lastIndex = end
      const dot = next.exec(source)!
      if (dot[1] !== undefined) return skip(end + dot[0].length)
      skip(end)
      side = name === "left" ? "open" : "close"
      return
    }
    if (name === "begin" || name === "end") {
      const group = matchAt(GROUP_NAME, source, end)
      if (group === null) return skip(end)
      end += group[0].length
      const environment = group[1]!.replace("*", "")
      if (environment === "array" && name === "begin") end += matchAt(COLUMNS, source, end)?.[0].length ?? 0
      environments += name === "begin" ? 1 : -1
      return push(name, environment, end)
    }
    if (FUNCTIONS.has(name)) return push("function", FUNCTIONS.get(name)!, end)
    if (LETTER_COMMANDS.has(name)) return push("letter", LETTER_COMMANDS.get(name)!, end)
    if (SYMBOL_COMMANDS.has(name)) return push("symbol", SYMBOL_COMMANDS.get(name)!, end)
    if (FORM_COMMANDS.has(name)) return push("command", FORM_COMMANDS.get(name)!, end)
    if (/^[RQZNC]$/.test(name)) return push("command", `set${name}`, end)
    if (name === "sh" || name === "ch" || name === "th")
      return push("function", `${name[0] === "s" ? "sin" : name[0] === "c" ? "cos" : "tan"}h`, end)
    return push("word", name, end)
  }

  const backslash = (): void => {
    const next = source[at + 1]
    if (next === undefined) return skip(at + 1)
    if (next === "\\") {
      // A model that escapes twice writes `\\frac`; only an environment has rows.
      const after = environments === 0 ? matchAt(COMMAND, source, at + 1) : null
      if (after !== null && known(after[1]!)) return command(after[1]!, at + 1)
      return push("symbol", "\\\\", at + (matchAt(ROW_GAP, source, at)?.[0].length ?? 2))
    }
    const named = matchAt(COMMAND, source, at)
    if (named !== null) return command(named[1]!, at)
    if (next === "{" || next === "}") return push("symbol", `\\${next}`, at + 2)
    if (next === "|") return push("symbol", "‖", at + 2)
    if (next === "$" || next === "%" || next === "&") return push("symbol", next, at + 2)
    if (next === "_") return push("symbol", "_", at + 2)
    return skip(at + 2)
  }

  const scripts = (table: ReadonlyMap<string, string>, mark: string): void => {
    let end = at
    let content = ""
    while (table.has(source[end] ?? "")) content += table.get(source[end++]!)!
    push("symbol", mark, at)
    push("symbol", "{", at)
    inner(content, at)
    push("symbol", "}", end)
  }

  if (source.length > MAX_SOURCE) throw new Unreadable(`at most ${MAX_SOURCE} characters`, 0, source.length)
  while (at < source.length) {
    const character = source[at]!
    const based =
      /[\dA-F]/.test(character) && !/[A-Za-z]/.test(source[at - 1] ?? "") ? matchAt(LETTER_DIGITS, source, at) : null
    if (based !== null) {
      push("number", based[1]!, at + based[1]!.length, { numeral: { whole: "0", exponent: 0 } })
    } else if (character === "\\") backslash()
    else if (character <= " " || character === "~" || character === "\u00a0" || /\s/.test(character)) skip(at + 1)
    else if ((character >= "0" && character <= "9") || (character === "." && /\d/.test(source[at + 1] ?? ""))) {
      const scanned = scanNumeral(source, at, reading.comma, depth > 0 && !source.includes(";"))
      comma ||= scanned.comma
      push("number", source.slice(at, scanned.end), scanned.end, { numeral: scanned.numeral })
    } else if (/[A-Za-z]/.test(character)) {
      // `\frac ab`
      const argument = last()?.type === "command" && /^(?:frac|binom)$/.test(last()!.text) && source[at - 1] === " "
      const letters = argument ? character : matchAt(LETTERS, source, at)![0]
      word(letters, at + letters.length)
    } else if (character === "$") {
      if (currency.has(at)) push("symbol", "$", at + 1)
      else skip(at + 1)
    } else if (character === '"' || character === "#" || character === "`") skip(at + 1)
    else if (VULGAR_FRACTIONS.has(character)) {
      const [whole, below] = VULGAR_FRACTIONS.get(character)!.split("/")
      const place = at
      const exact = (digits: string): Partial<Token> => ({ numeral: { whole: digits, exponent: 0 } })
      push("command", "frac", place)
      push("number", whole!, place, exact(whole!))
      push("number", below!, place + 1, exact(below!))
    } else if (SUPERSCRIPTS.has(character)) scripts(SUPERSCRIPTS, "^")
    else if (SUBSCRIPTS.has(character)) scripts(SUBSCRIPTS, "_")
    else if (LETTER_CHARACTERS.has(character)) push("letter", LETTER_CHARACTERS.get(character)!, at + 1)
    else if (SYMBOL_CHARACTERS.has(character)) push("symbol", SYMBOL_CHARACTERS.get(character)!, at + 1)
    else if (FORM_CHARACTERS.has(character)) push("command", FORM_CHARACTERS.get(character)!, at + 1)
    else if ("ℝℚℤℕℂ".includes(character)) push("command", `set${"RQZNC"["ℝℚℤℕℂ".indexOf(character)]}`, at + 1)
    else {
      const operator = OPERATORS.find((candidate) => source.startsWith(candidate, at))
      // Letters in the typefaces of mathematics: `𝑥`.
      const plain = source.slice(at, at + 2).normalize("NFKC")
      if (character === "\ud835" && plain.length === 1) {
        push("letter", LETTER_CHARACTERS.get(plain) ?? plain, at + 2)
        continue
      }
      const letters = matchAt(OTHER_LETTERS, source, at)?.[0]
      if (operator !== undefined && operator !== "||")
        push("symbol", OPERATOR_MEANINGS.get(operator) ?? operator, at + operator.length)
      else if (character < "\u007f") push("symbol", character, at + 1)
      else if (letters === undefined) push("text", character, at + 1)
      else push("text", letters, at + letters.length)
    }
  }
  push("stop", "", at)
  return { tokens, comma }
}
