/**
 * What it takes to say that two answers mean the same: the interface between those who can tell (mathematics, a language
 * model, a person) and those who only need to know (clustering, entropy).
 *
 * @since 0.1.0
 */

/**
 * What a comparison of two answers comes to. `undecided` is a verdict of its own: not the same, and not known to differ.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "equivalent" | "different" | "undecided"

/**
 * A canonical text for an answer. Answers with equal keys mean the same. Two answers with different `final` keys differ,
 * and need no comparison.
 *
 * @since 0.1.0
 * @category models
 */
export interface CanonicalKey {
  readonly key: string
  readonly final: boolean
}

/**
 * A notion of "the same meaning".
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import type { Equivalent } from "@seed-grpo/core"
 *
 * const sameNumber: Equivalent.Equivalent = {
 *   name: "number",
 *   key: (answer) => ({ key: String(Number(answer)), final: true })
 * }
 * assert.deepEqual(sameNumber.key("0.50"), sameNumber.key(".5"))
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export interface Equivalent {
  /** Named in results, so that a number can be explained. */
  readonly name: string
  readonly key: (answer: string) => CanonicalKey
  /** Does `answer` say what `reference` says? Asked both ways round, and only of keys that are not final. */
  readonly compare?: (reference: string, answer: string) => boolean | Outcome
}

/**
 * Answers mean the same when they are the same text: the rule of the released SEED-GRPO code.
 *
 * @since 0.1.0
 * @category equivalences
 */
export const exact: Equivalent = { name: "exact", key: (answer) => ({ key: answer, final: true }) }

/**
 * An equivalence from a comparison alone: every pair of different texts is compared.
 *
 * @since 0.1.0
 * @category equivalences
 */
export const fromComparison = (
  compare: (reference: string, answer: string) => boolean | Outcome,
  name = "comparison",
): Equivalent => ({ name, key: (answer) => ({ key: answer, final: false }), compare })

/**
 * The verdict of a comparison asked both ways round: equivalent when both say so, different when either does. Throws a
 * `TypeError` when the comparison says anything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Equivalent } from "@seed-grpo/core"
 *
 * const includes = Equivalent.fromComparison((a, b) => a.includes(b))
 * assert.equal(Equivalent.bothWays(includes, "ab", "a"), "different")
 * ```
 *
 * @since 0.1.0
 * @category comparisons
 */
export const bothWays = ({ compare }: Equivalent, a: string, b: string): Outcome => {
  if (compare === undefined) return "different"
  const there = outcomeOf(compare(a, b))
  return there === "different" ? there : together(there, outcomeOf(compare(b, a)))
}

const outcomeOf = (said: boolean | Outcome): Outcome => {
  if (typeof said === "boolean") return said ? "equivalent" : "different"
  if (said === "equivalent" || said === "different" || said === "undecided") return said
  // Whatever it was meant to say, it must not count as "different".
  throw new TypeError(`${String(said)} is no verdict`)
}

/**
 * One verdict from the verdicts on both directions.
 *
 * @since 0.1.0
 * @category comparisons
 */
export const together = (there: Outcome, back: Outcome): Outcome =>
  there === "different" || back === "different" ? "different" : there === back ? there : "undecided"

/** Longer texts are not remembered: they are rare, and would fill the memory. */
const LONGEST_REMEMBERED = 1000

/** Remembers between `capacity` and twice as many of the last values. */
const remembering = <Value>(capacity: number): ((name: string, value: () => Value) => Value) => {
  let recent = new Map<string, Value>()
  let older = recent
  return (name, value) => {
    if (name.length > LONGEST_REMEMBERED) return value()
    const known = recent.get(name) ?? older.get(name)
    if (known !== undefined) return known
    const found = value()
    if (recent.size >= capacity) {
      older = recent
      recent = new Map()
    }
    recent.set(name, found)
    return found
  }
}

/**
 * Remembers keys and comparisons, of each the last `capacity` or more. A training run meets the same few answers again and
 * again.
 *
 * @since 0.1.0
 * @category combinators
 */
export const memoized = ({ compare, key, name }: Equivalent, capacity = 50_000): Equivalent => {
  const keys = remembering<CanonicalKey>(capacity)
  const verdicts = remembering<boolean | Outcome>(capacity)
  return {
    name,
    key: (answer) => keys(answer, () => key(answer)),
    ...(compare !== undefined && {
      compare: (reference, answer) =>
        verdicts(`${reference.length} ${reference}${answer}`, () => compare(reference, answer)),
    }),
  }
}
