/**
 * Do two answers mean the same?
 *
 * The stages, cheapest first: the text as it stands, exact canonical forms, comparison by the structure of the answer, and
 * numbers at points. Work is counted, not timed, so a verdict is the same in every run and on every machine.
 *
 * @since 0.1.0
 */
import { Budget, BudgetExhausted } from "./internal/Budget.ts"
import { type Decision, DEFAULT_OPTIONS, type Options, type Stage } from "./internal/compare/decision.ts"
import { equal } from "./internal/compare/equal.ts"
import { inLettersOf } from "./internal/compare/letters.ts"
import { namesSet } from "./internal/compare/shape.ts"
import { simplest } from "./internal/compare/simplest.ts"
import {
  bare,
  compareChoices,
  compareTexts,
  compareTimes,
  isLanguage,
  meaning,
  plainText,
  undressed,
} from "./internal/compare/text.ts"
import { MAX_SOURCE } from "./internal/parse/lexer.ts"
import { parse, type Parsed } from "./Parse.ts"
import { written } from "./internal/tree.ts"

/**
 * `undecided` is not `different`: it says that the two were not understood well enough, and why. A grader counts it as
 * not right; a clustering keeps the two apart; both can report it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Verdict {
  readonly outcome: "equivalent" | "different" | "undecided"
  /** What decided: words, exact values, structure, numbers at points, the optional algebra system, or nothing. */
  readonly stage: Stage
  readonly reason: string
  /** Bound on the probability that `equivalent` is wrong, where numbers at points decided; absent for a proof. */
  readonly errorProbability?: number
}

/**
 * How strict to be. The defaults are what reinforcement learning on mathematics wants.
 *
 * @since 0.1.0
 * @category models
 */
export type CompareOptions = Partial<Options> & {
  /** Work that one comparison may take, in units of about 50 ns. Default 400,000: some 20 ms. */
  readonly budget?: number
}

const DEFAULT_BUDGET = 400_000

const none = (reason: string): Verdict => ({ outcome: "undecided", stage: "none", reason })

/** What a text may mean; a comma between digits in more than one way. */
const readings = (source: string, other: string): ReadonlyArray<Parsed> => {
  // `all real numbers`
  if (namesSet(meaning(source)) !== undefined) {
    return [{ outcome: "parsed", expression: { type: "text", text: source }, ambiguousComma: false }]
  }
  const first = parse(source)
  if (first.outcome !== "parsed" || !first.ambiguousComma) return [first]
  const groups = /\d,\s?\d{3}/.test(source) ? (["separator", "thousands"] as const) : []
  // A comma is a decimal one only where the other side is a decimal of the usual kind.
  const decimal = /\d\.\d/.test(other) ? (["decimal"] as const) : []
  return [first, ...[...groups, ...decimal].map((comma) => parse(source, { comma }))]
}

const unreadable = (what: string, parsed: Extract<Parsed, { outcome: "unreadable" }>): Verdict =>
  none(`${what} cannot be read: expected ${parsed.expected} at ${parsed.start}`)

/**
 * Compares a reference answer with another one. Symmetric, but for one rule: a reference inequality accepts the interval
 * that solves it, and not the other way round.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Compare } from "@seed-grpo/equivalence"
 *
 * assert.equal(Compare.compare("3/4", "75\\%").outcome, "equivalent")
 * assert.equal(Compare.compare("\\sqrt{8}", "2\\sqrt2").stage, "exact")
 * assert.equal(Compare.compare("\\sin 2x", "2\\sin x\\cos x").stage, "numeric")
 * assert.equal(Compare.compare("(1,2)", "(1,2]").outcome, "different")
 * assert.equal(Compare.compare("1/2", "\\frac{1}{").outcome, "undecided")
 * ```
 *
 * @since 0.1.0
 * @category comparison
 */
export const compare = (gold: string, answer: string, options: CompareOptions = {}): Verdict => {
  if (Math.max(gold.length, answer.length) > MAX_SOURCE) {
    if (gold.trim() === "" || answer.trim() === "") return none("an empty answer equals nothing")
    return gold === answer
      ? { outcome: "equivalent", stage: "text", reason: "the same text" }
      : none(`more than ${MAX_SOURCE} characters`)
  }
  const [g, a] = [bare(gold), bare(answer)]
  if (plainText(g) === "" || plainText(a) === "") return none("an empty answer equals nothing")
  if (g === a || undressed(g) === undressed(a)) return { outcome: "equivalent", stage: "text", reason: "the same text" }
  const special = compareChoices(g, a) ?? compareTimes(g, a)
  if (special !== undefined) return special
  if (isLanguage(g) && isLanguage(a)) {
    const texts = compareTexts(g, a)
    // `abc` may be a product: short words that differ go on.
    if (texts.outcome === "equivalent" || /\p{L}{4}/u.test(plainText(g)) || /\p{L}{4}/u.test(plainText(a))) return texts
  }
  const [golds, answers] = [readings(g, a), readings(a, g)]
  const [first, second] = [golds[0]!, answers[0]!]
  if (first.outcome === "unreadable" || second.outcome === "unreadable") {
    if (plainText(g) === plainText(a))
      return { outcome: "equivalent", stage: "text", reason: "the same text but for its dress" }
    if (isLanguage(g) || isLanguage(a)) return { outcome: "different", stage: "text", reason: "only one is words" }
    return first.outcome === "unreadable"
      ? unreadable("the reference", first)
      : unreadable("the answer", second as never)
  }
  const settings: Options = { ...DEFAULT_OPTIONS, ...options }
  const budget = new Budget(options.budget ?? DEFAULT_BUDGET)
  const seed = [g, a].toSorted().join("\0")
  let best: Decision | undefined
  try {
    for (const [i, one] of golds.entries()) {
      for (const [j, other] of answers.entries()) {
        if (one.outcome === "unreadable" || other.outcome === "unreadable") continue
        const decision = equal(
          inLettersOf(one.expression, other.expression),
          inLettersOf(other.expression, one.expression),
          { budget, options: settings, seed },
        )
        if (decision.outcome === "equivalent") {
          return settings.simplestForm && !simplest(other.expression)
            ? { outcome: "different", stage: "structure", reason: "the same value, not in simplest form" }
            : decision
        }
        if (best === undefined || (best.outcome === "different" && decision.outcome === "undecided" && i + j === 0))
          best = decision
      }
    }
  } catch (error) {
    if (!(error instanceof BudgetExhausted)) throw error
    return none(error.message)
  }
  if (best?.outcome === "undecided" && written(first.expression) === written(second.expression)) {
    return { outcome: "equivalent", stage: "structure", reason: "the same expression, whatever its value" }
  }
  return best ?? none("there is no reading that both share")
}
