/**
 * The policy as it was before training, as the reference: a second copy of the weights that stays as it is.
 *
 * @since 0.1.0
 */
import { type ModelFolder, Parameters, Policy } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { CurrentReference, frozen, type ReferenceOptions } from "./ReferencePolicy.ts"

/** The policy as it is. Its numbers are shared until it takes a step. */
const copied = Effect.map(Policy.Policy, ({ parameters }): Parameters.Parameters =>
  Object.fromEntries(Object.entries(parameters()).map(([name, tensor]) => [name, tf.clone(tensor)])),
)

/**
 * The policy as it is when the layer is built; when it has been trained already, as in a run that is resumed, the model that it
 * was before.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <E = never, R = never>(
  options: ReferenceOptions,
  initial?: Effect.Effect<ModelFolder.Model, E, R>,
): Layer.Layer<never, E | ModelFolder.LoadError | Parameters.ParametersError, Policy.Policy | R> =>
  Layer.effect(
    CurrentReference,
    Effect.gen(function* () {
      const { config } = yield* Policy.Policy
      const read = initial && Effect.flatMap(initial, ({ weights }) => Parameters.load(config, weights))
      const parameters: Parameters.Parameters = yield* read ?? copied
      yield* Effect.addFinalizer(() => Effect.sync(() => Parameters.dispose(parameters)))
      return frozen(() => parameters, config, options)
    }),
  )
