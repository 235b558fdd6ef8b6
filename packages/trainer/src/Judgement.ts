/**
 * What a reward function says of a completion: a reward, or why there is none.
 *
 * @since 0.1.0
 */

/**
 * Why there is no reward: the function took too long, threw or failed, took its process with it, took too much memory, gave
 * another number of rewards than there are completions, gave something else than a finite number below 1e150, or said itself that
 * it cannot tell (`undefined`, `null`, `NaN`).
 *
 * @since 0.1.0
 * @category models
 */
export type UnscorableKind = (typeof KINDS)[number]

/**
 * All kinds.
 *
 * @since 0.1.0
 * @category constants
 */
export const KINDS = [
  "late",
  "threw",
  "crashed",
  "memory",
  "wrong-length",
  "not-a-number",
  "undetermined",
] as const

/**
 * @since 0.1.0
 * @category models
 */
export interface Unscorable {
  readonly kind: UnscorableKind
  /** For people. */
  readonly detail: string
}

/**
 * What a reward function says of one completion: a reward, or why there is none.
 *
 * @since 0.1.0
 * @category models
 */
export type Judgement = number | Unscorable

/** `Rewards.isScorable` refuses larger ones. */
const LARGEST = 1e150

/**
 * A value that a function gave for one completion, as a judgement.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Judgement } from "@seed-grpo/trainer"
 *
 * assert.equal(Judgement.of(0.5), 0.5)
 * assert.deepEqual(Judgement.of(NaN), { kind: "undetermined", detail: "NaN" })
 * assert.deepEqual(Judgement.of("1"), { kind: "not-a-number", detail: "a string" })
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const of = (value: unknown): Judgement => {
  if (value === undefined || value === null || Number.isNaN(value)) {
    return { kind: "undetermined", detail: String(value) }
  }
  if (typeof value !== "number") return { kind: "not-a-number", detail: `a ${typeof value}` }
  return Math.abs(value) <= LARGEST ? value : { kind: "not-a-number", detail: String(value) }
}

/**
 * What a function gave for a whole group of `size` completions, as judgements.
 *
 * @since 0.1.0
 * @category conversions
 */
export const ofGroup = (values: unknown, size: number): ReadonlyArray<Judgement> => {
  if (!Array.isArray(values)) return all(size, { kind: "wrong-length", detail: `a ${typeof values}, not an array` })
  return values.length === size
    ? Array.from(values, of)
    : all(size, { kind: "wrong-length", detail: `${values.length} rewards for ${size} completions` })
}

/**
 * The same failure for all completions of a group.
 *
 * @since 0.1.0
 * @category conversions
 */
export const all = (size: number, unscorable: Unscorable): ReadonlyArray<Judgement> =>
  Array.from({ length: size }, () => unscorable)
