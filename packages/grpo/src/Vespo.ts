/**
 * The objective of VESPO, variational sequence-level soft policy optimization (arXiv 2602.10693): every completion has one
 * smooth weight, greatest near an importance weight of 1.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"
import * as tf from "@tensorflow/tfjs-core"
import { perToken } from "./Aggregation.ts"
import { logLikelihood } from "./LogLikelihood.ts"
import type { Multiplier } from "./Multiplier.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { within } from "./ObjectiveError.ts"
import type * as SamplerMismatch from "./SamplerMismatch.ts"

/**
 * Power and decay of `φ(w) = e^λ wᵏ e^(−λ w)`, for one sign of the advantage.
 *
 * @since 0.1.0
 * @category models
 */
export interface Shape {
  readonly k: number
  readonly lambda: number
}

/** Log-weights are held within these before they are exponentiated, whatever the bound of log-ratios is. */
const [LEAST, MOST] = [Math.log(1e-8), 20]

const held = (value: number, least: number) => Math.min(Math.max(value, least), MOST)

/**
 * `φ(w)` with `ln w = Σₜ ln (π / π_old) + Σₜ ln ρ`, `ρ` the sampler's weights.
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category multipliers
 */
export const gammaWeight = (
  positive: Shape,
  negative: Shape,
  level: SamplerMismatch.Mismatch["level"] = "token",
): Multiplier => {
  for (const [at, { k, lambda }] of Object.entries({ positive, negative })) {
    within(`${at}.k`, k, "a finite number", Number.isFinite)
    within(`${at}.lambda`, lambda, "0 or more", (value) => value >= 0 && value < Infinity)
  }
  /** In float32, and `λ ≥ 10⁻⁴`, as in TRL. */
  const constants = ({ k, lambda }: Shape) =>
    [Math.fround(k), Math.max(Math.fround(lambda), Math.fround(1e-4))] as const
  return {
    name: "gamma weight",
    reads: ["samplerWeights"],
    perCompletion: true,
    ofRow: ({ advantages, logRatios, mask, samplerWeights }) => {
      const ratios = sum(logRatios.map((logRatio, t) => held(logRatio, -MOST) * mask[t]!))
      const logs = (samplerWeights ?? new Float64Array(0)).map((weight) => held(Math.log(weight), LEAST))
      const log = held(ratios + (level === "token" ? sum(logs) : (logs[0] ?? 0)), LEAST)
      const of = (shape: Shape) => {
        const [k, lambda] = constants(shape)
        const phi = Math.exp(lambda + k * log - lambda * Math.exp(log))
        return Number.isFinite(phi) ? phi : 0
      }
      const [up, down] = [of(positive), of(negative)]
      return advantages.map((advantage) => (advantage >= 0 ? up : down))
    },
    ofTensors: ({ advantages, logRatios, mask, samplerWeights }) => {
      const ratios = tf.sum(tf.mul(tf.clipByValue(logRatios, -MOST, MOST), mask), -1, true)
      const correction = (): tf.Tensor | number => {
        if (samplerWeights === undefined) return 0
        const logs: tf.Tensor2D = tf.clipByValue(tf.log(samplerWeights as tf.Tensor2D), LEAST, MOST)
        return level === "token" ? tf.sum(logs, -1, true) : tf.slice(logs, [0, 0], [-1, 1])
      }
      const log = tf.clipByValue(tf.add(ratios, correction()), LEAST, MOST)
      const of = (shape: Shape) => {
        const [k, lambda] = constants(shape)
        return tf.exp(tf.add(tf.sub(tf.mul(log, k), tf.mul(tf.exp(log), lambda)), lambda))
      }
      const phi = tf.where(tf.greaterEqual(advantages, 0), of(positive), of(negative))
      return tf.where(tf.isFinite(phi), phi, tf.zerosLike(phi))
    },
  }
}

/**
 * `−(1 / Σᵢ |oᵢ|) Σᵢ Σₜ sg(φ(w)) A ln π`; `(k, λ)` is `(2, 3)` for `A ≥ 0` and `(3, 2)` for `A < 0` unless others are given.
 *
 * The weight is one per completion at either `level`; the level is that of a corrected KL term. The sampler's weights are
 * inside of `w`: the product of those per token, or the one per completion, once. (TRL refuses the latter when it starts;
 * its arithmetic is this.) `w` is a product over tokens: for long completions that are off-policy it is far from 1, and
 * `φ` near 0.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const vespo = ({
  negative = { k: 3, lambda: 2 },
  positive = { k: 2, lambda: 3 },
  ...options
}: ObjectiveOptions & { readonly positive?: Shape; readonly negative?: Shape } = {}): Objective =>
  make(
    {
      name: "vespo",
      tokenLoss: logLikelihood,
      multipliers: [gammaWeight(positive, negative, options.mismatch?.level ?? "sequence")],
      weighsSampler: true,
      aggregation: perToken,
    },
    options,
  )
