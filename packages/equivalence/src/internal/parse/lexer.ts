/**
 * From text to tokens: LaTeX, plain text and Unicode mathematics in one pass.
 */
import { isUnit } from "../compare/units.ts"
import { matchAt, scanNumeral } from "./numeral.ts"
import { type Reading, type Token, type TokenType, Unreadable } from "./tokens.ts"
import { DROPPED_ARGUMENT, MEANINGS, SILENT, TEXT, WORDS } from "./vocabulary.ts"

export const MAX_SOURCE = 20_000
const MAX_TOKENS = 8_000

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

/** Operators of more than one character. */
const OPERATOR = /<=>|<->|\.{3}|\+\/-|<>|\*\*|[<>!=:]=|=[<>]|->/y
const FRACTION = /[¼-¾⅐-⅞]/
const SUPERSCRIPTS = /[⁰¹²³⁴-⁹⁺⁻⁽⁾ⁿⁱˣ]+/y
const SUBSCRIPTS = /[₀-₉₊₋ₙᵢⱼₖₓ]+/y

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
  MEANINGS.has(name) || [SILENT, TEXT, DROPPED_ARGUMENT, /^(?:left|right|begin|end)$/].some((kind) => kind.test(name))

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
    if (
      bare &&
      (WORDS.get(last()!.text)?.[0] === "function" || isLast(1, "+", "-", "*", "/", "=", "<", ">", "≤", "≥", ":", "±"))
    ) {
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
    const meaning = WORDS.get(content)
    if (meaning !== undefined && meaning[0] !== "letter" && !measured && content !== "in")
      return push(...meaning, group.end)
    if (content === "d" || (upright && /^[eiπ]$/.test(content))) return push("letter", content, group.end)
    const letter = upright && content[0] === "\\" ? MEANINGS.get(content.slice(1)) : undefined
    if (letter?.[0] === "letter") return push(...letter, group.end)
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
    if (!known(name)) {
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
    if (SILENT.test(name)) return skip(end)
    if (TEXT.test(name)) return text(name, end)
    if (DROPPED_ARGUMENT.test(name)) return skip(groupAt(source, end)?.end ?? end)
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
    const meaning = MEANINGS.get(/^[RQZNC]$/.test(name) ? `set${name}` : name)
    if (meaning !== undefined) return push(...meaning, end)
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

  const scripts = (raised: string, mark: string): void => {
    const end = at + raised.length
    push("symbol", mark, at)
    push("symbol", "{", at)
    inner(raised.normalize("NFKC"), at)
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
    else if (FRACTION.test(character)) {
      const place = at
      push("command", "frac", place)
      for (const whole of character.normalize("NFKC").split("⁄"))
        push("number", whole, place + 1, { numeral: { whole, exponent: 0 } })
    } else {
      const ascii = character < "\u007f"
      // Letters in the typefaces of mathematics: `𝑥`.
      const sign = character === "\ud835" ? source.slice(at, at + 2) : (matchAt(OPERATOR, source, at)?.[0] ?? character)
      const plain = ascii ? sign : sign.normalize("NFKC")
      const meaning = MEANINGS.get(sign) ?? MEANINGS.get(plain)
      const superscript = ascii ? null : matchAt(SUPERSCRIPTS, source, at)
      const subscript = ascii ? null : matchAt(SUBSCRIPTS, source, at)
      if (superscript !== null) scripts(superscript[0], "^")
      else if (subscript !== null) scripts(subscript[0], "_")
      else if (meaning !== undefined) push(...meaning, at + sign.length)
      else if (ascii) push("symbol", character, at + 1)
      else if (/^[A-Za-z]$/.test(plain)) push("letter", plain, at + sign.length)
      else {
        const letters = matchAt(OTHER_LETTERS, source, at)?.[0] ?? character
        push("text", letters, at + letters.length)
      }
    }
  }
  push("stop", "", at)
  return { tokens, comma }
}
