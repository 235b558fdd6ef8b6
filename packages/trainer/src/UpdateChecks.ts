/**
 * Do the updates do what they should? Checks of the optimizer's numbers.
 *
 * @since 0.1.0
 */
import { EARLIER, type HealthCheck, meanOf, median, percent } from "./HealthCheck.ts"

/**
 * Steps that are averaged or have to agree: one may be chance.
 *
 * @since 0.1.0
 * @category constants
 */
export const STEPS = 3

/**
 * How far the mean ratio may be from 1 before anything was learned. Rounding moves it by 1e-6; sampling with top-k 20
 * gives 0.965, with top-p 0.8 0.896 (huggingface/trl#6789, #7269), a forgotten temperature of 0.6 2.0 (trl#4159).
 *
 * @since 0.1.0
 * @category constants
 */
export const OFF_RATIO = 0.02

/**
 * The same of the KL from the sampler, in nats, which also sees what cancels in the mean ratio. In one process it is 1e-12;
 * a server in bfloat16 is off by 0.012 a token (trl#4772), which is 1e-4.
 *
 * @since 0.1.0
 * @category constants
 */
export const OFF_KL = 1e-3

/**
 * KL from the sampler over all updates of a step, in nats: several times what PPO stops at (Spinning Up: 0.015).
 *
 * @since 0.1.0
 * @category constants
 */
export const HIGH_KL = 0.05

/**
 * Share of ratios that are clipped. PPO is tuned for 0.1 to 0.2, GSPO reports 0.15 (Zheng et al., 2025, arXiv 2507.18071).
 *
 * @since 0.1.0
 * @category constants
 */
export const CLIPPED = 0.3

/**
 * Share of the first steps' token entropy below which a policy has stopped to explore; entropy is what reward is bought
 * with (Cui et al., 2025, arXiv 2505.22617).
 *
 * @since 0.1.0
 * @category constants
 */
export const COLLAPSED = 0.1

/**
 * From this reward on, low entropy is what was asked for.
 *
 * @since 0.1.0
 * @category constants
 */
export const SOLVED = 0.9

/**
 * Times the median of the steps before.
 *
 * @since 0.1.0
 * @category constants
 */
export const EXPLODED = 10

/**
 * Steps before that there have to be for a median; half of what is kept.
 *
 * @since 0.1.0
 * @category constants
 */
export const FOR_MEDIAN = EARLIER / 2

/**
 * A gradient below it comes from nothing but rounding: norms are some 0.1.
 *
 * @since 0.1.0
 * @category constants
 */
export const NO_GRADIENT = 1e-12

/**
 * Sampler and trainer disagree on the very completions that were just sampled.
 *
 * @since 0.1.0
 * @category checks
 */
export const offPolicy: HealthCheck = {
  name: "off-policy",
  steps: 1,
  look: ([record]) => {
    const { firstKlFromSampler: kl, firstRatio: ratio, step } = record!
    if (Math.abs(ratio - 1) <= OFF_RATIO && kl <= OFF_KL) return undefined
    return {
      found: `In the first update of step ${step}, before anything was learned from it, the ratio to the sampler is ${ratio.toPrecision(4)} and the KL ${kl.toPrecision(2)} nats, where 1 and 0 belong: sampler and trainer compute other log-probabilities.`,
      fix: "Run `seed-grpo doctor --training`. A sampler of another process has to have the same weights, precision, temperature and tokens, and must not cut the distribution (top-p, top-k).",
    }
  },
}

/**
 * The policy moves far from what it sampled within a step.
 *
 * @since 0.1.0
 * @category checks
 */
export const klHigh: HealthCheck = {
  name: "kl-high",
  steps: STEPS,
  look: (recent) => {
    const kl = meanOf(recent, (record) => record.klFromSampler)
    // What is off from the start has another remedy.
    if (kl < HIGH_KL || meanOf(recent, (record) => record.firstKlFromSampler) > OFF_KL) return undefined
    return {
      found: `The policy moved ${kl.toPrecision(2)} nats per token from its samples within each of the last ${STEPS} steps.`,
      fix: "Lower optimizer.learningRate, or take fewer updates per step.",
    }
  },
}

/**
 * Many ratios are clipped.
 *
 * @since 0.1.0
 * @category checks
 */
export const clipped: HealthCheck = {
  name: "clipped",
  steps: STEPS,
  look: (recent) => {
    const share = meanOf(recent, (record) => record.clippedLow + record.clippedHigh)
    if (share < CLIPPED) return undefined
    return {
      found: `${percent(share)} of the ratios of the last ${STEPS} steps were clipped, so as much of the batch taught nothing.`,
      fix: "Lower optimizer.learningRate, take fewer updates per step, or widen the clip range.",
    }
  },
}

/**
 * The policy stops to explore before it has learned the task.
 *
 * @since 0.1.0
 * @category checks
 */
export const entropyCollapse: HealthCheck = {
  name: "entropy-collapse",
  steps: 2 * STEPS,
  look: (recent, { first }) => {
    // Where nothing was trained on, no entropy was measured.
    const measured = (records: typeof recent) => records.filter(({ updatesApplied }) => updatesApplied > 0)
    const [then, now] = [measured(first), measured(recent)]
    if (then.length === 0 || now.length < recent.length || recent[0]!.step <= first.at(-1)!.step) return undefined
    const [before, after] = [then, now].map((records) => meanOf(records, (record) => record.tokenEntropy)) as [
      number,
      number,
    ]
    const reward = meanOf(recent, (record) => record.reward)
    if (after >= COLLAPSED * before || reward >= SOLVED) return undefined
    return {
      found: `The entropy of the next token fell from ${before.toPrecision(2)} to ${after.toPrecision(2)} nats while the reward is ${reward.toFixed(2)}: the policy hardly tries anything new.`,
      fix: "Go back to an earlier checkpoint with a lower optimizer.learningRate, or raise objective.clipHigh, so that rare tokens can grow.",
    }
  },
}

/**
 * Gradients grow by an order of magnitude.
 *
 * @since 0.1.0
 * @category checks
 */
export const gradientExploding: HealthCheck = {
  name: "gradient-exploding",
  steps: STEPS,
  look: (recent, { earlier }) => {
    const norms = earlier.filter(({ updatesApplied }) => updatesApplied > 0).map(({ gradientNorm }) => gradientNorm)
    if (norms.length < FOR_MEDIAN) return undefined
    const usual = median(norms)
    if (usual <= NO_GRADIENT || recent.some(({ gradientNorm }) => gradientNorm < EXPLODED * usual)) return undefined
    const newest = recent.at(-1)!.gradientNorm
    return {
      found: `The norm of the gradient was above ${EXPLODED} times its usual ${usual.toPrecision(2)} for ${STEPS} steps, and is ${newest.toPrecision(2)}.`,
      fix: "Lower optimizer.learningRate and go on from an earlier checkpoint; look whether completions turned into gibberish.",
    }
  },
}

/**
 * There are advantages, and no gradient.
 *
 * @since 0.1.0
 * @category checks
 */
export const gradientZero: HealthCheck = {
  name: "gradient-zero",
  steps: STEPS,
  look: (recent) => {
    if (recent.some(({ gradientNorm, updatesApplied }) => updatesApplied === 0 || gradientNorm > NO_GRADIENT)) {
      return undefined
    }
    return {
      found: `The gradient was 0 for ${STEPS} steps although there were advantages: everything is masked, clipped or scaled to nothing.`,
      fix: "Look at advantage.strength, the clip range and the masks of the objective.",
    }
  },
}

/**
 * A learning rate of 0.
 *
 * @since 0.1.0
 * @category checks
 */
export const learningRateZero: HealthCheck = {
  name: "learning-rate-zero",
  steps: STEPS,
  look: (recent) => {
    if (recent.some(({ learningRate }) => learningRate !== 0)) return undefined
    return {
      found: `The learning rate was 0 for the last ${STEPS} steps: nothing is learned.`,
      fix: "Look at optimizer.learningRate, and at what optimizer.schedule makes of it by this step.",
    }
  },
}

/**
 * An update was left out because its loss or gradient was not finite.
 *
 * @since 0.1.0
 * @category checks
 */
export const nonFinite: HealthCheck = {
  name: "non-finite",
  steps: 1,
  look: ([record]) => {
    const { step, updatesNonFinite } = record!
    if (updatesNonFinite === 0) return undefined
    return {
      found: `In step ${step} loss or gradient were NaN or infinite in ${updatesNonFinite} of the updates, which were left out.`,
      fix: "If it comes again, lower optimizer.learningRate; several in a row end the run (optimizer.haltAfterNonFinite).",
    }
  },
}
