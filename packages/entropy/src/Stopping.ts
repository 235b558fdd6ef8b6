/**
 * When are there enough answers? Rules that look after every answer and still keep a stated error rate.
 *
 * A rule is a pure function of the counts so far, so it can be asked at any time, in any order, by any worker.
 *
 * @since 0.1.0
 */
import { EntropyError } from "./EntropyError.ts"
import { totalOf } from "./internal/counts.ts"
import { logGamma } from "./internal/logGamma.ts"
import { after, samples } from "./Posterior.ts"
import { flat } from "./Prior.ts"

const checkErrorRate = (errorRate: number): number => {
  if (errorRate > 0 && errorRate < 0.5) return errorRate
  throw EntropyError.badValue("an error rate", "a number above 0 and below 0.5", errorRate)
}

/**
 * On which side of a threshold the entropy lies.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntropyDecision {
  readonly verdict: "above" | "below" | "undecided"
  /** Posterior probability of an entropy above the threshold. */
  readonly probabilityAbove: number
}

/**
 * Is the entropy above a threshold? Decided as soon as the posterior probability of the other side is at most `errorRate`,
 * under the flat prior of `Prior` over `meanings` possible meanings. Takes the sizes of the clusters so far, `[K]`.
 *
 * **Why looking after every answer costs nothing.** A verdict given at counts `c` is wrong with probability
 * `P(other side | c) ≤ errorRate`, whatever made us stop at `c`, because the rule sees nothing but the answers. The error
 * over all questions is the mean of that probability over the counts at which the rule stopped, so it is at most
 * `errorRate` too. This is a mean over questions that follow the prior; for one fixed distribution, near the threshold,
 * the rule may be wrong far more often. And it needs the same prior at every look: fix `meanings` in advance, not by
 * what has been seen.
 *
 * The probability is a share of `100 / errorRate` keyed draws. A verdict waits until even three standard errors more
 * than that share are within `errorRate`, so that sampling noise makes it later and not more often wrong.
 *
 * @throws EntropyError when an option is out of its range, or at counts that `Posterior.after` refuses.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Stopping } from "@seed-grpo/entropy"
 *
 * const ask = Stopping.entropyAbove(0.7, { errorRate: 0.05, meanings: 8 })
 * assert.equal(ask([2, 1]).verdict, "undecided")
 * assert.equal(ask([3, 2, 2, 2]).verdict, "above")
 * assert.equal(ask([12]).verdict, "below")
 * ```
 *
 * @since 0.1.0
 * @category rules
 */
export const entropyAbove = (
  threshold: number,
  { errorRate, meanings, seed = 0 }: { readonly errorRate: number; readonly meanings: number; readonly seed?: number },
): ((counts: ReadonlyArray<number>) => EntropyDecision) => {
  const size = Math.ceil(100 / checkErrorRate(errorRate))
  const prior = flat(meanings)
  if (!(threshold > 0 && threshold < Math.log(meanings))) {
    throw EntropyError.badValue("the threshold", "an entropy between 0 and ln(meanings)", threshold)
  }
  const atMost = (draws: number) => {
    const share = (draws + 1) / (size + 1)
    return share + 3 * Math.sqrt((share * (1 - share)) / size)
  }
  return (counts) => {
    const entropies = samples(after(counts, prior), { size, seed })
    const above = entropies.reduce((count, entropy) => (entropy > threshold ? count + 1 : count), 0)
    const verdict =
      atMost(size - above) <= errorRate ? "above" : atMost(above) <= errorRate ? "below" : ("undecided" as const)
    return { verdict, probabilityAbove: above / size }
  }
}

/**
 * Whether one meaning is known to be the most frequent.
 *
 * @since 0.1.0
 * @category models
 */
export interface MajorityDecision {
  readonly decided: boolean
  /** Index of the greatest count; the first of equals. */
  readonly leader: number
  /** The least error rate at which the leader would be decided on now, at most 1. */
  readonly errorBound: number
}

/**
 * `ln 2∫_{½}^{1} (2θ)^a (2(1 − θ))^b dθ`: the evidence of `a` wins and `b` losses for a chance of winning above ½,
 * uniformly mixed, against ½. It equals `2^{m+1} B(a + 1, b + 1) P(Bin(m + 1, ½) > b)` with `m = a + b`. Only for
 * `b ≤ a + 1`, as a leader has it: below, the difference `1 − P(… ≤ b)` would be all rounding.
 */
const logEvidence = (a: number, b: number): number => {
  const trials = a + b + 1
  // P(Bin(trials, ½) ≤ b), summed from its last term down.
  let term = Math.exp(logGamma(trials + 1) - logGamma(b + 1) - logGamma(a + 2) - trials * Math.LN2)
  let tail = 0
  for (let i = b; i >= 0 && term > 0; i--) {
    tail += term
    term *= i / (trials - i + 1)
  }
  const logBeta = logGamma(a + 1) + logGamma(b + 1) - logGamma(trials + 1)
  return trials * Math.LN2 + logBeta + Math.log1p(-Math.min(tail, 1))
}

/**
 * Is the leading meaning really the most frequent one? Takes the sizes of the clusters so far **in order of first
 * appearance**, `[K]`. With probability at least `1 − errorRate`, no meaning is ever decided on, at any look, unless it
 * is more probable than every other, seen or unseen, whatever the distribution. Where two meanings are equally probable
 * it goes on for ever, so cap the answers.
 *
 * **Why.** Let `★` be a most probable meaning and `a` any other. Among answers in `{a, ★}`, `a` wins with chance at most ½,
 * so `E = 2∫_{½}^{1} (2θ)^{wins} (2(1 − θ))^{losses} dθ` is a supermartingale that starts at 1: it ever reaches `1/ε` with
 * probability at most `ε` (Ville). A wrong decision needs some such `a` to beat `★`; so the error rate is shared among
 * possible wrong leaders and not among pairs, and the leader is tested against the runner-up alone, who has at least as
 * many answers as `★` has if `★` does not lead. The j-th meaning to appear gets `errorRate / (j (j + 1))`, which sums to
 * `errorRate` over any number of meanings, known or not. Its first answer is what made it the j-th, so it is not counted
 * as a win; earlier answers of its rival count as losses, which only lowers `E`.
 *
 * Related: the martingale majority certificate (2510.17472) and CITE (2605.05873), which tests a target named in
 * advance; here the leader is found by the same answers. Leave unreadable answers out: each would be a meaning.
 *
 * At `errorRate` 0.05 nine equal answers decide. `O(K + runner-up)`.
 *
 * @throws EntropyError when the error rate is not between 0 and 0.5, when a count is not a positive whole number, or
 * there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Stopping } from "@seed-grpo/entropy"
 *
 * const ask = Stopping.majority({ errorRate: 0.05 })
 * assert.equal(ask([8]).decided, false)
 * assert.equal(ask([9]).decided, true)
 * assert.deepEqual(ask([1, 20, 3]).leader, 1)
 * ```
 *
 * @since 0.1.0
 * @category rules
 */
export const majority = ({
  errorRate,
}: {
  readonly errorRate: number
}): ((counts: ReadonlyArray<number>) => MajorityDecision) => {
  checkErrorRate(errorRate)
  return (counts) => {
    totalOf(counts)
    const [first, second = 0] = counts.toSorted((a, b) => b - a)
    const leader = counts.indexOf(first!)
    const errorBound = Math.min(1, (leader + 1) * (leader + 2) * Math.exp(-logEvidence(first! - 1, second)))
    return { decided: errorBound <= errorRate, leader, errorBound }
  }
}
