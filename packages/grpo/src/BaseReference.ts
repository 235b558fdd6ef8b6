/**
 * The base of a policy with an adapter, as the reference: the same weights with the adapter off, and no second copy of them.
 *
 * @since 0.1.0
 */
import { Lora, Policy } from "@seed-grpo/runtime"
import { Effect, Layer } from "effect"
import { CurrentReference, frozen, ReferenceError, type ReferenceOptions } from "./ReferencePolicy.ts"

/**
 * Fails where the policy has no adapter.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: ReferenceOptions): Layer.Layer<never, ReferenceError, Policy.Policy> =>
  Layer.effect(
    CurrentReference,
    Effect.gen(function* () {
      const { config, parameters } = yield* Policy.Policy
      if (config.adapter === undefined) {
        return yield* Effect.fail(
          new ReferenceError({
            reason: "no-adapter",
            at: "reference policy",
            expected: "a policy with an adapter, whose base is the reference",
            found: "one without",
            fix: "Use InitialReference: it keeps a copy of the weights.",
          }),
        )
      }
      return frozen(parameters, Lora.base(config), options)
    }),
  )
