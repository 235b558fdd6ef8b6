/**
 * The objective of SAPO, soft adaptive policy optimization (Gao et al., 2025, arXiv 2511.20347): a smooth gate in place of
 * clipping.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { perCompletion } from "./Aggregation.ts"
import { make, type Objective, type ObjectiveOptions } from "./Objective.ts"
import { within } from "./ObjectiveError.ts"
import type { TokenLoss } from "./TokenLoss.ts"

/**
 * How fast the gate closes with the distance of the ratio from 1; more is faster. 1 and 1.05.
 *
 * @since 0.1.0
 * @category models
 */
export interface SapoOptions {
  readonly positiveTemperature?: number
  /** Where `A ≤ 0`. */
  readonly negativeTemperature?: number
}

/**
 * `−(4 / τ) σ(τ (ρ − 1)) A`: its derivative by `ρ` is `−A` at 1.
 *
 * @throws {ObjectiveError} `bad-option`
 * @since 0.1.0
 * @category token losses
 */
export const gated = ({ negativeTemperature = 1.05, positiveTemperature = 1 }: SapoOptions): TokenLoss => {
  within("positiveTemperature", positiveTemperature, "a positive number", (value) => value > 0)
  within("negativeTemperature", negativeTemperature, "a positive number", (value) => value > 0)
  /** In float32, as in TRL. */
  const [up, down] = [Math.fround(positiveTemperature), Math.fround(negativeTemperature)]
  return {
    ofToken: (ratio, _, advantage) => {
      const temperature = advantage > 0 ? up : down
      const gate = 1 / (1 + Math.exp(-temperature * (ratio - 1)))
      return {
        value: (-4 / temperature) * gate * advantage,
        byRatio: -4 * gate * (1 - gate) * advantage,
        byLogprob: 0,
      }
    },
    ofTensors: (ratios, _, advantages) => {
      const temperatures: tf.Tensor = tf.where(tf.greater(advantages, 0), up, down)
      const gates = tf.sigmoid(tf.mul(temperatures, tf.sub(ratios, 1)))
      return tf.mul(tf.mul(gates, tf.div(-4, temperatures)), advantages)
    },
  }
}

/**
 * `(1 / B) Σᵢ (1 / |oᵢ|) Σₜ −(4 / τ) σ(τ (ρ − 1)) A`. Nothing is clipped; there is no range to give.
 *
 * @throws {ObjectiveError} `bad-option`, `conflicting-options`
 * @since 0.1.0
 * @category objectives
 */
export const sapo = ({
  negativeTemperature,
  positiveTemperature,
  ...options
}: ObjectiveOptions & SapoOptions = {}): Objective =>
  make(
    {
      name: "sapo",
      tokenLoss: gated({
        ...(negativeTemperature === undefined ? {} : { negativeTemperature }),
        ...(positiveTemperature === undefined ? {} : { positiveTemperature }),
      }),
      aggregation: perCompletion,
    },
    options,
  )
