/**
 * What a run of Latin letters is: a name of mathematics, a product of letters, or a word of language.
 */
import { isUnit } from "../compare/units.ts"
import { isSymbol, peek, replace, type State } from "./state.ts"
import type { Token, TokenType } from "./tokens.ts"
import { NUMBER_WORDS, SCALE_WORDS, WORDS } from "./vocabulary.ts"

const CONNECTIVES = new Set(["and", "or", "for", "where", "when", "if", "with"])

/** Words that follow a number and are no product of letters. */
const measures = (word: string): boolean =>
  isUnit(word) || SCALE_WORDS.has(word) || word === "percent" || word === "units" || word === "unit"

/** Names that may be written into a run of letters (`2sinx`, `xcosx`), or a letter. */
const PART = /(?:arc)?(?:sin|cos|tan)h?|(?:arc)?cot|sec|csc|sqrt|log|exp|ln|pi|./g

const looksLikeLanguage = (state: State, word: string): boolean => {
  if (word.length < 4) return false
  const token = peek(state)
  const before = state.tokens[state.at - 1]
  // `12mpqr`: letters that cling to a number are factors.
  const clings = !token.spaced && before !== undefined && (before.type === "number" || before.type === "letter")
  return !clings && /[aeiouy]/i.test(word)
}

/** Makes the next token, where it is a run of letters, into what it means there. */
export const resolveWord = (state: State): void => {
  const token = peek(state)
  if (token.type !== "word" || CONNECTIVES.has(token.text.toLowerCase())) return
  const word = token.text
  const one = (type: TokenType, text: string): void => replace(state, { ...token, type, text })
  const before = state.tokens[state.at - 1]
  if (word === "per") return one("text", word)
  const glued = /^(or|and)([A-Z])$/.exec(word)
  if (glued !== null)
    return replace(state, { ...token, text: glued[1]! }, { ...token, type: "letter", text: glued[2]! })
  const follows =
    before !== undefined && (before.type === "number" || (token.spaced && !/^[({[=+*/^,<>-]$/.test(before.text)))
  const within = word === "in" && /^(?:[RQZNC[({]|\\\{|set.|mathbb)$/.test(peek(state, 1).text)
  if (follows && measures(word) && !within) return one("text", word)
  const name = WORDS.get(word)
  if (name !== undefined) return one(...name)
  if (/^(?:d[a-z])+$/.test(word) && state.integrals > 0) {
    return replace(
      state,
      ...[...word].map((text, index): Token => ({ ...token, type: "letter", text, spaced: index === 0 })),
    )
  }
  const [slash, below] = [peek(state, 1), peek(state, 2)]
  if (/^d[a-z]$/.test(word) && isSymbol(slash, "/") && /^d[a-z]$/.test(below.text)) {
    state.tokens.splice(state.at, 3, { ...token, type: "letter", text: `${word}/${below.text}` })
    return
  }
  const parts = word.match(PART)!.map((part) => WORDS.get(part) ?? (["letter", part] as const))
  const functions = parts.some(([type]) => type !== "letter")
  const letters = parts.filter(([type, text]) => type === "letter" && text !== "pi").length
  const embedded = functions && letters <= 3 && parts.at(-1)![0] !== "function"
  if (!embedded && (NUMBER_WORDS.has(word.toLowerCase()) || looksLikeLanguage(state, word))) return one("text", word)
  const tokens = (embedded || !functions ? parts : [...word].map((letter) => ["letter", letter] as const)).map(
    ([type, text], index): Token => ({ ...token, type, text, spaced: index === 0 && token.spaced }),
  )
  replace(state, ...tokens)
}
