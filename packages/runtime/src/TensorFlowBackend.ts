/**
 * Native TensorFlow, through `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, whichever is installed.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import { activate, Backend, BackendError, failedToLoad } from "./Backend.ts"

const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const

/**
 * tfjs-node 4.22 calls two functions of `node:util` that Node deprecated and then removed; the fix was merged upstream and
 * never published.
 */
const restoreRemovedUtilities = (require: NodeJS.Require): void => {
  const util = require("node:util") as { [name: string]: unknown }
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined
  util["isArray"] = Array.isArray
}

/**
 * Loads the first of the two packages that is installed and whose addon works. TensorFlow's start-up notes are left out
 * unless `TF_CPP_MIN_LOG_LEVEL` asks for them.
 */
const loadAddon = Effect.gen(function* () {
  const require = createRequire(import.meta.url)
  restoreRemovedUtilities(require)
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2"
  const failures: Array<BackendError> = []
  for (const name of PACKAGES) {
    const installed = yield* Effect.sync(() => {
      try {
        return require.resolve(name)
      } catch {
        return undefined
      }
    })
    if (installed === undefined) continue
    const attempt = yield* Effect.result(
      Effect.try({ try: () => require(installed) as unknown, catch: (cause) => failedToLoad("tensorflow", cause) }),
    )
    if (attempt._tag === "Success") return name
    failures.push(attempt.failure)
  }
  return yield* Effect.fail(
    failures[0] ??
      new BackendError({
        reason: "not-installed",
        at: "back-end tensorflow",
        expected: PACKAGES.join(" or "),
        found: "neither",
        fix: "Run `npm install @tensorflow/tfjs-node-gpu`, then `seed-grpo native install`.",
      }),
  )
})

const libraryVersion = (): string => {
  const { binding } = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } }
  return binding.TF_Version
}

/**
 * Native TensorFlow; fails with a {@link BackendError} that says what is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTensorFlow: Layer.Layer<Backend, BackendError> = Layer.effect(
  Backend,
  Effect.gen(function* () {
    const addon = yield* loadAddon
    return yield* activate("tensorflow", () => `TensorFlow ${libraryVersion()} through ${addon}`)
  }),
)
