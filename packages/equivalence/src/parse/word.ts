/**
 * What a run of Latin letters is: a name of mathematics, a product of letters, or a word of language.
 */
import { isUnit } from "../compare/units.ts"
import { isSymbol, peek, replace, type State } from "./state.ts"
import type { Token, TokenType } from "./tokens.ts"
import {
  EMBEDDED_NAMES,
  FORM_COMMANDS,
  FUNCTIONS,
  LETTER_COMMANDS,
  LETTER_WORDS,
  NUMBER_WORDS,
  SCALE_WORDS,
  SYMBOL_COMMANDS,
  SYMBOL_WORDS,
} from "./vocabulary.ts"

const CONNECTIVES = new Set(["and", "or", "for", "where", "when", "if", "with"])

/** Words that follow a number and are no product of letters. */
const measures = (word: string): boolean =>
  isUnit(word) || SCALE_WORDS.has(word) || word === "percent" || word === "units" || word === "unit"

/** Parts of `xcosx` or `2sinx`: names of functions, and the letters between them. */
const split = (word: string): ReadonlyArray<readonly [TokenType, string]> => {
  const parts: Array<readonly [TokenType, string]> = []
  for (let at = 0; at < word.length;) {
    const name = EMBEDDED_NAMES.find((candidate) => word.startsWith(candidate, at))
    const part = name ?? word[at]!
    parts.push(
      name === undefined
        ? ["letter", part]
        : name === "pi"
          ? ["letter", "pi"]
          : name === "sqrt"
            ? ["command", "sqrt"]
            : ["function", FUNCTIONS.get(name)!],
    )
    at += part.length
  }
  return parts
}

const looksLikeLanguage = (state: State, word: string): boolean => {
  if (word.length < 4) return false
  const token = peek(state)
  const before = state.tokens[state.at - 1]
  // `12mpqr`: letters that cling to a number are factors.
  const clings = !token.spaced && before !== undefined && (before.type === "number" || before.type === "letter")
  return !clings && /[aeiouy]/i.test(word)
}

const named = (word: string): readonly [TokenType, string] | undefined => {
  if (FUNCTIONS.has(word)) return ["function", FUNCTIONS.get(word)!]
  if (LETTER_WORDS.has(word)) return ["letter", LETTER_WORDS.get(word)!]
  if (SYMBOL_WORDS.has(word)) return ["symbol", SYMBOL_WORDS.get(word)!]
  if (word === "sqrt" || word === "frac" || word === "sum" || word === "int") return ["command", word]
  // LaTeX whose backslashes were lost.
  if (word.length > 3 && LETTER_COMMANDS.has(word)) return ["letter", LETTER_COMMANDS.get(word)!]
  if (/^(?:dfrac|tfrac|binom|cdot|times|leq|geq|neq)$/.test(word)) {
    return FORM_COMMANDS.has(word) ? ["command", FORM_COMMANDS.get(word)!] : ["symbol", SYMBOL_COMMANDS.get(word)!]
  }
  return undefined
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
  const name = named(word)
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
  const parts = split(word)
  const functions = parts.some(([type]) => type !== "letter")
  const letters = parts.filter(([type, text]) => type === "letter" && text !== "pi").length
  const embedded = functions && letters <= 3 && parts.at(-1)![0] !== "function"
  if (!embedded && (NUMBER_WORDS.has(word.toLowerCase()) || looksLikeLanguage(state, word))) return one("text", word)
  const tokens = (embedded || !functions ? parts : [...word].map((letter) => ["letter", letter] as const)).map(
    ([type, text], index): Token => ({ ...token, type, text, spaced: index === 0 && token.spaced }),
  )
  replace(state, ...tokens)
}
