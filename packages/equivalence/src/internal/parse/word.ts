/**
 * What a run of Latin letters is: a name of mathematics, a product of letters, or a word of language.
 */
import { isUnit } from "../compare/units.ts"
import { before, isNext, peek, replace, type State } from "./state.ts"
import { isSymbol, type Token } from "./tokens.ts"
import { CONNECTIVES, type Meaning, NUMBER_WORDS, WORDS } from "./vocabulary.ts"

/** May `mg` be a unit here? It trails a whole answer, or stands apart from its number; elsewhere it is m times g. */
const trails = (state: State, { spaced }: Token, last: Token): boolean => {
  const next = peek(state, 1)
  const behind = spaced
    ? last.type === "number" || (state.depth === 0 && (last.type !== "letter" || last.text === "pi"))
    : state.depth === 0 && (state.at < 3 || isSymbol(state.tokens[state.at - 2], "=,;"))
  if (isSymbol(next, "/*")) return behind && isUnit(peek(state, 2).text)
  return behind && !/letter|function|command/.test(next.type) && !isSymbol(next, "+-{")
}

/** Names that may be written into a run of letters (`2sinx`, `xcosx`), or a letter. */
const PART = /(?:arc)?(?:sin|cos|tan)h?|(?:arc)?cot|sec|csc|sqrt|log|exp|ln|pi|./g

/** Makes the next token, where it is a run of letters, into what it means there. */
export const resolveWord = (state: State): void => {
  const token = peek(state)
  const word = token.text
  if (token.type !== "word" || CONNECTIVES.has(word.toLowerCase())) return
  const last = before(state)
  const put = (meanings: ReadonlyArray<Meaning>, count = 1): void =>
    replace(
      state,
      meanings.map(([type, text], index) => ({ ...token, type, text, spaced: index === 0 && token.spaced })),
      count,
    )
  const letters = (): ReadonlyArray<Meaning> => [...word].map((letter) => ["letter", letter])
  const follows =
    last !== undefined && (last.type === "number" || (token.spaced && !/^[({[=+*/^,<>-]$/.test(last.text)))
  if (word === "per" || (follows && isUnit(word) && (word.length > 3 || trails(state, token, last))))
    return put([["text", word]])
  const name = WORDS.get(word)
  // The letters of `e^{in\theta}` and `re^{rt}` are no words.
  const product = word === "in" ? !follows || !token.spaced : /^(?:re|im)$/.test(word) && !isNext(state, "([{", 1)
  if (name !== undefined && !product) return put([name])
  if (/^(?:d[a-z])+$/.test(word) && state.integrals > 0) return put(letters())
  const below = peek(state, 2).text
  if (/^d[a-z]$/.test(word) && isNext(state, "/", 1) && /^d[a-z]$/.test(below))
    return put([["letter", `${word}/${below}`]], 3)
  const parts = word.match(PART)!.map((part): Meaning => WORDS.get(part) ?? ["letter", part])
  const functions = parts.some(([type]) => type !== "letter")
  const single = parts.filter(([type, text]) => type === "letter" && text !== "pi").length
  const embedded = functions && single <= 3 && parts.at(-1)![0] !== "function"
  if (embedded) return put(parts)
  // `12mpqr`: letters that cling to a number are factors.
  const clings = !token.spaced && (last?.type === "number" || last?.type === "letter")
  const language = NUMBER_WORDS.has(word.toLowerCase()) || (word.length > 3 && !clings && /[aeiouy]/i.test(word))
  put(language ? [["text", word]] : functions ? letters() : parts)
}
