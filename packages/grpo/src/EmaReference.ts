/**
 * A moving average of the policy, as the reference: it follows slowly, so that the policy may go far and not fast.
 *
 * @since 0.1.0
 */
import { Parameters, Policy } from "@seed-grpo/runtime"
import { tidy } from "@seed-grpo/runtime/Tidy"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { CurrentReference, frozen, ReferenceError, type ReferenceOptions } from "./ReferencePolicy.ts"

/**
 * `θ_ref ← d θ_ref + (1 − d) θ` each time the policy has taken a step, from the policy as it is when the layer is built. Only what is
 * trained is kept twice; it belongs into a checkpoint.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: ReferenceOptions & { readonly decay: number },
): Layer.Layer<never, never, Policy.Policy> =>
  Layer.effect(
    CurrentReference,
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      const trainable = Parameters.trainable(config)
      const each = (of: (name: string) => tf.Tensor): Parameters.Parameters =>
        Object.fromEntries(trainable.map(({ name }) => [name, of(name)]))
      let average = each((name) => tf.clone(parameters()[name]!))
      const replace = (next: Parameters.Parameters) => {
        Parameters.dispose(average)
        average = next
      }
      yield* Effect.addFinalizer(() => Effect.sync(() => Parameters.dispose(average)))
      return {
        ...frozen(() => ({ ...parameters(), ...average }), config, options),
        follow: Effect.sync(() => {
          const { decay } = options
          const mixed = (name: string): tf.Tensor =>
            tidy(() => tf.add(tf.mul(average[name]!, decay), tf.mul(parameters()[name]!, 1 - decay)))
          replace(each(mixed))
        }),
        state: Effect.promise(() => Parameters.toHost(config, average)),
        restore: (state) =>
          Effect.suspend(() => {
            const problems = state === undefined ? ["none"] : Parameters.problems(trainable, state)
            if (state === undefined || problems.length > 0) {
              const expected = `the ${trainable.length} tensors that are trained`
              return Effect.fail(ReferenceError.otherTensors(expected, problems.join("; ")))
            }
            return Effect.sync(() => replace(Parameters.upload(trainable, state)))
          }),
      }
    }),
  )
