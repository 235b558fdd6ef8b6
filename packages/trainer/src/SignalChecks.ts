/**
 * Is there anything to learn from? Checks of what was sampled and graded.
 *
 * @since 0.1.0
 */
import { type HealthCheck, meanOf, percent } from "./HealthCheck.ts"

/**
 * Steps that are averaged: one batch is noise, and five of the recipe's 128 problems are 640.
 *
 * @since 0.1.0
 * @category constants
 */
export const STEPS = 5

/**
 * Share of groups that are right, or wrong, throughout, from which on next to nothing is learned: 6 of 128 groups are
 * left. Groups without a signal are why DAPO samples again (Yu et al., 2025, arXiv 2503.14476, 3.2).
 *
 * @since 0.1.0
 * @category constants
 */
export const ONE_SIDED = 0.95

/**
 * Share of completions that are cut off, or unreadable: most. TRL's users met it as a reward of 0 and a loss of 0 that
 * nothing explained, with GSM8K at 256 tokens.
 *
 * @since 0.1.0
 * @category constants
 */
export const MOST = 0.5

/**
 * Factor of uncertainty below which a batch teaches a tenth of what it could.
 *
 * @since 0.1.0
 * @category constants
 */
export const SCALED_AWAY = 0.1

/**
 * Every group all right: too easy, or the answers are known.
 *
 * @since 0.1.0
 * @category checks
 */
export const allRight: HealthCheck = {
  name: "all-right",
  steps: STEPS,
  look: (recent) => {
    const share = meanOf(recent, (record) => record.allRight)
    if (share < ONE_SIDED) return undefined
    return {
      found: `${percent(share)} of the groups of the last ${STEPS} steps are right throughout, so there is next to nothing to learn.`,
      fix: "Train on harder problems. If it was so from the first step on, look whether the prompt or the model's own training data hold the answers.",
    }
  },
}

/**
 * Every group all wrong, although answers can be read.
 *
 * @since 0.1.0
 * @category checks
 */
export const allWrong: HealthCheck = {
  name: "all-wrong",
  steps: STEPS,
  look: (recent) => {
    const share = meanOf(recent, (record) => record.allWrong)
    const hidden = (record: (typeof recent)[number]) => Math.max(record.unreadable, record.truncated)
    // What is cut off or cannot be read has a check of its own, with another remedy.
    if (share < ONE_SIDED || meanOf(recent, hidden) >= MOST) return undefined
    return {
      found: `${percent(share)} of the groups of the last ${STEPS} steps are wrong throughout, although most of their answers can be read: the problems are too hard, or the reference answers are of another form.`,
      fix: "Try a few with `seed-grpo verify GOLD RESPONSE`. Then take easier problems, larger groups, or a model that was taught the task before.",
    }
  },
}

/**
 * Completions end, but no answer is found in them.
 *
 * @since 0.1.0
 * @category checks
 */
export const unreadable: HealthCheck = {
  name: "unreadable",
  steps: STEPS,
  look: (recent) => {
    const share = meanOf(recent, (record) => record.unreadable)
    const cutOff = meanOf(recent, (record) => record.truncated)
    if (share < MOST || cutOff >= MOST) return undefined
    return {
      found: `No answer was found in ${percent(share)} of the completions of the last ${STEPS} steps, though only ${percent(cutOff)} were cut off.`,
      fix: "The model does not answer in the form that the template asks for: read completions.jsonl, and choose the `template` that the model was made for.",
    }
  },
}

/**
 * Completions do not come to an end.
 *
 * @since 0.1.0
 * @category checks
 */
export const truncated: HealthCheck = {
  name: "truncated",
  steps: STEPS,
  look: (recent) => {
    const share = meanOf(recent, (record) => record.truncated)
    if (share < MOST) return undefined
    return {
      found: `${percent(share)} of the completions of the last ${STEPS} steps were cut off at their greatest length; what is cut off is never right.`,
      fix: "Raise sampling.maxTokens. If completions repeat themselves, the model does not know where to end: look at its end tokens and the template.",
    }
  },
}

/**
 * No optimizer step for several steps in a row, for a mixture of reasons.
 *
 * @since 0.1.0
 * @category checks
 */
export const noSignal: HealthCheck = {
  name: "no-signal",
  steps: STEPS,
  look: (recent) => {
    if (recent.some(({ updatesApplied, updatesNonFinite }) => updatesApplied + updatesNonFinite > 0)) return undefined
    const [right, wrong] = [meanOf(recent, (record) => record.allRight), meanOf(recent, (record) => record.allWrong)]
    if (Math.max(right, wrong) >= ONE_SIDED) return undefined
    return {
      found: `No completion of the last ${STEPS} steps had an advantage, so nothing was learned: ${percent(right)} of the groups are right and ${percent(wrong)} wrong throughout.`,
      fix: "Take more problems per step or larger groups, and problems that the model solves sometimes.",
    }
  },
}

/**
 * Uncertainty scales the advantages to next to nothing.
 *
 * @since 0.1.0
 * @category checks
 */
export const scaledAway: HealthCheck = {
  name: "scaled-away",
  steps: STEPS,
  look: (recent) => {
    if (recent.some(({ mixed }) => mixed === 0)) return undefined
    const scale = meanOf(recent, (record) => record.scaleMean)
    if (scale >= SCALED_AWAY) return undefined
    return {
      found: `Uncertainty leaves ${percent(scale)} of the advantages of the last ${STEPS} steps.`,
      fix: "Lower advantage.strength, or take another modulation: `seed-grpo entropy preview` shows what each does.",
    }
  },
}
