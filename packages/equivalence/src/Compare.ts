/**
 * Do two answers mean the same?
 *
 * The stages, cheapest first: the text as it stands, exact canonical forms, comparison by the structure of the answer, and
 * numbers at points. Work is counted, not timed, so a verdict is the same in every run and on every machine.
 *
 * @since 0.1.0
 */
import type { Expression } from "./Expression.ts"
import { Budget, BudgetExhausted } from "./internal/Budget.ts"
import { compareChoices } from "./internal/compare/choice.ts"
import {
  type Context,
  type Decision,
  DEFAULT_OPTIONS,
  different,
  equivalent,
  type Options,
  undecided,
} from "./internal/compare/decision.ts"
import { equal } from "./internal/compare/equal.ts"
import { inLettersOf } from "./internal/compare/letters.ts"
import { namesSet } from "./internal/compare/shape.ts"
import { simplest } from "./internal/compare/simplest.ts"
import { compareTimes, compareWords, type Text, textOf, undressed } from "./internal/compare/text.ts"
import { randomStream } from "./internal/numeric/Generic.ts"
import { MAX_SOURCE } from "./internal/parse/lexer.ts"
import { written } from "./internal/tree.ts"
import { parse } from "./Parse.ts"

/**
 * `undecided` is not `different`: it says that the two were not understood well enough, and why. A grader counts it as
 * not right; a clustering keeps the two apart; both can report it.
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = Decision

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

const SAME_TEXT = equivalent("text", "the same text")

/** What a text may mean, a comma between digits in more than one way; or why it means nothing. */
const readings = ({ language, plain, source }: Text, other: Text): ReadonlyArray<Expression> | string => {
  // `all real numbers`
  if (language && namesSet(plain) !== undefined) return [{ type: "text", text: source }]
  const first = parse(source)
  if (first.outcome === "unreadable") return `cannot be read: expected ${first.expected} at ${first.start}`
  if (!first.ambiguousComma) return [first.expression]
  const commas = (["separator", "thousands", "decimal"] as const).filter((comma) =>
    // A comma is a decimal one only where the other side is a decimal of the usual kind.
    comma === "decimal" ? /\d\.\d/.test(other.source) : /\d,\s?\d{3}/.test(source),
  )
  return [
    first.expression,
    ...commas.flatMap((comma) => {
      const parsed = parse(source, { comma })
      return parsed.outcome === "parsed" ? [parsed.expression] : []
    }),
  ]
}

/** Decides where the texts alone do. */
const byText = (g: Text, a: Text): Verdict | undefined => {
  if (g.source === a.source || undressed(g.source) === undressed(a.source)) return SAME_TEXT
  const special = compareChoices(g, a) ?? compareTimes(g, a)
  if (special !== undefined || !g.language || !a.language) return special
  const words = compareWords(g.plain, a.plain)
  // `abc` may be a product: short words that differ go on.
  return words.outcome === "equivalent" || /\p{L}{4}/u.test(`${g.plain} ${a.plain}`) ? words : undefined
}

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
    return gold === answer && /\S/.test(gold) ? SAME_TEXT : undecided("none", `more than ${MAX_SOURCE} characters`)
  }
  const [g, a] = [textOf(gold), textOf(answer)]
  if (g.plain === "" || a.plain === "") return undecided("none", "an answer is empty")
  const decided = byText(g, a)
  if (decided !== undefined) return decided
  const [golds, answers] = [readings(g, a), readings(a, g)]
  if (typeof golds === "string" || typeof answers === "string") {
    if (g.plain === a.plain) return SAME_TEXT
    if (g.language || a.language) return different("text", "only one is words")
    const [what, reason] = typeof golds === "string" ? ["reference", golds] : ["answer", answers as string]
    return undecided("none", `the ${what} ${reason}`)
  }
  const context: Context = {
    budget: new Budget(options.budget ?? DEFAULT_BUDGET),
    options: { ...DEFAULT_OPTIONS, ...options },
    seed: `${randomStream([g.source, a.source].toSorted().join("\0"))()}`,
  }
  let first: Verdict | undefined
  try {
    for (const one of golds) {
      for (const other of answers) {
        const verdict = equal(inLettersOf(one, other), inLettersOf(other, one), context)
        if (verdict.outcome === "equivalent") {
          return options.simplestForm === true && !simplest(other)
            ? different("structure", "the same value, not in simplest form")
            : verdict
        }
        first ??= verdict
      }
    }
  } catch (error) {
    if (!(error instanceof BudgetExhausted)) throw error
    return undecided("none", error.message)
  }
  return first!.outcome === "undecided" && written(golds[0]!) === written(answers[0]!)
    ? equivalent("structure", "the same expression")
    : first!
}
