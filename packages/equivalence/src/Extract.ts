/**
 * Where in a response the final answer stands.
 *
 * Only what follows the last closing thought tag counts, up to the end of the turn, or to another problem that follows
 * an answered one. What follows since, if or where is a condition and no answer. Every rule takes its last match, and the
 * first rule that matches decides: a box, answer tags, `####`, a phrase such as "the answer is", the response as a whole
 * when it is short, a choice such as "option D", a closing "therefore …", the last formula, the last number. Boxes and
 * tags are looked for in the last 256 k characters, prose in the last 32 k; time and memory are linear in the text.
 *
 * @since 0.1.0
 */
import { afterCorrection } from "./internal/extract/corrected.ts"
import { boxed } from "./internal/extract/boxes.ts"
import { leading, letters, mentions } from "./internal/extract/choices.ts"
import { conclusion, lastFormula, numbers, wholeResponse } from "./internal/extract/closing.ts"
import { type Environment, environments } from "./internal/extract/environments.ts"
import { announced, phrases } from "./internal/extract/phrases.ts"
import { tail, visible } from "./internal/extract/scope.ts"
import type { Found, Span } from "./internal/extract/span.ts"
import { hashes, tagged } from "./internal/extract/tags.ts"
import { unfinished } from "./internal/extract/unfinished.ts"

/**
 * How an answer was found.
 *
 * @since 0.1.0
 * @category models
 */
export type ExtractionRule =
  | "boxed"
  | "answer-tag"
  | "hashes"
  | "final-phrase"
  | "phrase"
  | "whole-response"
  | "choice"
  | "conclusion"
  | "math"
  | "last-number"

/**
 * An answer and its place. `text.slice(start, end)` is the answer, or, where it is put together from several boxes or
 * formulas, covers them all. The answer has no sentence punctuation, emphasis or `$` around it, nor the `&` that aligns
 * rows of equations.
 *
 * @since 0.1.0
 * @category models
 */
export interface Extracted {
  readonly answer: string
  readonly start: number
  readonly end: number
  readonly rule: ExtractionRule
  /**
   * Every answer that the same rule found, the last one included. Where several boxes disagree, a grader must not pick
   * the one that happens to be right.
   */
  readonly candidates: ReadonlyArray<string>
  /** The members of a list that "or" joins: where they all mean the same, they are one answer. */
  readonly alternatives?: ReadonlyArray<string>
  /** The box or tag was never closed: the answer may be cut off, and a grader must not call it right. */
  readonly truncated: boolean
}

/**
 * Kinds of answers to look for: mathematics that is set off, plain numbers and expressions, one of a few strings.
 *
 * @since 0.1.0
 * @category models
 */
export type ExtractionTarget = "latex" | "expr" | "string"

/**
 * @since 0.1.0
 * @category models
 */
export interface ExtractionOptions {
  /** Targets in order, instead of the one that is asked for. */
  readonly targets?: ReadonlyArray<ExtractionTarget>
  /** The answers to choose from for `"string"`; `A` to `J` without it. */
  readonly strings?: ReadonlyArray<string>
  /** As in Math-Verify: at 50 or more, "the final answer is …" comes before a box. */
  readonly boxedPriority?: number
  /** Accepted for the callers' sake: the phrases of every language are always looked for. */
  readonly language?: string
}

/** What the rules look at. Formulas are found when a rule first asks for them. */
interface View {
  readonly text: string
  readonly scope: Span
  readonly tail: Span
  readonly prefer: "latex" | "expr" | undefined
  readonly formulas: () => ReadonlyArray<Environment>
}

/** These take what stands last for the answer. */
const FALLBACKS: ReadonlySet<ExtractionRule> = new Set(["conclusion", "math", "last-number"])

const view = (text: string, prefer?: "latex" | "expr"): View => {
  const scope = visible(text)
  const end = tail(text, scope)
  let found: ReadonlyArray<Environment> | undefined
  return { text, scope, tail: end, prefer, formulas: () => (found ??= environments(text, end)) }
}

const FINDERS: { readonly [Rule in ExtractionRule]: (view: View) => ReadonlyArray<Found> } = {
  boxed: ({ scope, text }) => afterCorrection(text, boxed(text, scope)),
  "answer-tag": ({ scope, text }) => afterCorrection(text, tagged(text, scope)),
  hashes: ({ scope, text }) => hashes(text, scope),
  "final-phrase": ({ formulas, prefer, tail, text }) => phrases(text, tail, formulas(), prefer, 0),
  phrase: ({ formulas, prefer, tail, text }) => phrases(text, tail, formulas(), prefer),
  "whole-response": ({ formulas, scope, tail, text }) =>
    scope.start === tail.start ? wholeResponse(text, scope, formulas()) : [],
  choice: ({ tail, text }) => letters(text, tail),
  conclusion: ({ formulas, prefer, tail, text }) => conclusion(text, tail, formulas(), prefer),
  math: ({ formulas, tail, text }) => lastFormula(text, tail, formulas()),
  "last-number": ({ formulas, tail, text }) => numbers(text, tail, formulas()),
}

/**
 * Every rule, in the order in which they are tried.
 *
 * @since 0.1.0
 * @category constants
 */
export const ALL_RULES: ReadonlyArray<ExtractionRule> = [
  "boxed",
  "answer-tag",
  "hashes",
  "phrase",
  "whole-response",
  "choice",
  "conclusion",
  "math",
  "last-number",
]

/** A box or tag that was begun, and holds nothing, is a promise without an answer. */
const BEGUN = /\\(?:boxed|fbox|framebox|bbox)\s{0,8}\{|<(?:final[ _-]?)?ans(?:wer)?>/

const byRules = (view: View, rules: ReadonlyArray<ExtractionRule>): Extracted | undefined => {
  const { scope, text } = view
  for (const rule of rules) {
    if (FALLBACKS.has(rule) && unfinished(text, scope)) continue
    const candidates = FINDERS[rule](view)
    const last = candidates.at(-1)
    if (last !== undefined) {
      const { alternatives, answer, end, start, truncated = false } = last
      const all = candidates.map((one) => one.answer)
      return { answer, start, end, rule, candidates: all, ...(alternatives && { alternatives }), truncated }
    }
    if (rule === "answer-tag" && BEGUN.test(text.slice(scope.start, scope.end))) return undefined
  }
  return undefined
}

/**
 * The final answer of a response, or nothing when it has none. With `rules`, answers found in other ways do not count:
 * where a prompt asks for a box, a number at the end of half a solution is no answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Extract } from "@seed-grpo/equivalence"
 *
 * const found = Extract.extract("So we get \\boxed{\\frac{3}{4}}.")
 * assert.equal(found?.answer, "\\frac{3}{4}")
 * assert.equal(found?.rule, "boxed")
 * assert.equal(Extract.extract("$x=1$ and $x=2$")?.answer, "x=1, x=2")
 * assert.equal(Extract.extract("I do not know"), undefined)
 * assert.equal(Extract.extract("so it is 7", ["boxed"]), undefined)
 * ```
 *
 * @since 0.1.0
 * @category extraction
 */
export const extract = (text: string, rules: ReadonlyArray<ExtractionRule> = ALL_RULES): Extracted | undefined =>
  byRules(view(text), rules)

const LETTERS = "ABCDEFGHIJ".split("")

/** One of the strings: in a box, tag or `####`, after a phrase, as a named option, at the start, else the last one. */
const choose = (view: View, strings: ReadonlyArray<string>): Extracted | undefined => {
  const { formulas, scope, tail, text } = view
  const place = (rule: ExtractionRule, places: ReadonlyArray<Span & { truncated?: boolean }>, anyCase = false) => {
    const all = places
      .map((span) => leading(text, mentions(text, span, strings, anyCase)))
      .filter((one) => one !== undefined)
    const last = all.at(-1)
    if (last === undefined) return undefined
    return { ...last, rule, candidates: all.map(({ answer }) => answer), truncated: places.at(-1)?.truncated === true }
  }
  const marked = announced(text, tail, formulas())
  const line = { start: text.lastIndexOf("\n", tail.end - 1) + 1, end: tail.end }
  return (
    place("boxed", boxed(text, scope), true) ??
    place("answer-tag", tagged(text, scope), true) ??
    place("hashes", hashes(text, scope), true) ??
    place(
      "phrase",
      marked.filter(({ tier }) => tier === 0),
    ) ??
    place(
      "phrase",
      marked.filter(({ tier }) => tier === 1),
    ) ??
    place("phrase", marked) ??
    place("choice", letters(text, tail)) ??
    (line.end - line.start <= 200
      ? place("whole-response", [{ ...line, start: Math.max(line.start, tail.start) }])
      : undefined) ??
    place("conclusion", mentions(text, tail, strings).slice(-1))
  )
}

/**
 * The final answer as Math-Verify's extraction targets see it: `"latex"` prefers formulas and boxes, `"expr"` plain
 * numbers and expressions, `"string"` takes one of `options.strings`. With several targets, the first one that finds
 * an answer; `"latex"` and `"expr"` together are {@link extract}.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Extract } from "@seed-grpo/equivalence"
 *
 * assert.equal(Extract.extractFor("Not B. So the correct option is C.", "string", { strings: ["A", "B", "C"] })?.answer, "C")
 * assert.equal(Extract.extractFor("Hence $x = 5$ by case 3.", "latex")?.answer, "x = 5")
 * ```
 *
 * @since 0.1.0
 * @category extraction
 */
export const extractFor = (
  text: string,
  target: ExtractionTarget,
  options: ExtractionOptions = {},
): Extracted | undefined => {
  const targets = options.targets ?? [target]
  const rules: ReadonlyArray<ExtractionRule> =
    (options.boxedPriority ?? 0) >= 50 ? ["final-phrase", ...ALL_RULES] : ALL_RULES
  const both = targets.includes("latex") && targets.includes("expr")
  for (const one of targets) {
    const found =
      one === "string"
        ? choose(view(text), options.strings ?? LETTERS)
        : byRules(view(text, both ? undefined : one), rules)
    if (found !== undefined) return found
  }
  return undefined
}
