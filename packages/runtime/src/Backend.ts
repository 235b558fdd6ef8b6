/**
 * Where tensors live: the TensorFlow.js back-end of this process.
 *
 * TensorFlow.js has one active back-end per process, so a layer built here makes it active for everything. `wasm` needs
 * nothing but npm and runs wherever JavaScript does; `cpu` is the slow reference; native TensorFlow is in
 * `@seed-grpo/runtime/TensorFlowBackend` and WebGPU in `@seed-grpo/runtime/WebGpuBackend`, so that nothing here ever loads
 * native code.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import * as tf from "@tensorflow/tfjs-core"
import { Context, Effect, Layer } from "effect"
import { multiplyByVectors } from "./internal/batchMatMul.ts"

/**
 * The back-ends that a policy runs on.
 *
 * @since 0.1.0
 * @category models
 */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu"

/**
 * A back-end that could not be made active.
 *
 * @since 0.1.0
 * @category errors
 */
export class BackendError extends ExplainedError<
  "not-installed" | "not-built" | "failed-to-load" | "another-loaded" | "no-adapter" | "asynchronous" | "device-failed"
> {
  readonly _tag = "BackendError"
}

/**
 * The active back-end.
 *
 * @since 0.1.0
 * @category services
 */
export class Backend extends Context.Service<
  Backend,
  {
    readonly name: BackendName
    /** For people: `"WebAssembly with SIMD, 1 thread"`. */
    readonly description: string
  }
>()("@seed-grpo/runtime/Backend") {}

/**
 * Makes a registered back-end active; `describe` runs once it is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const activate = (name: BackendName, describe: () => string): Effect.Effect<Backend["Service"], BackendError> =>
  Effect.gen(function* () {
    // Otherwise TensorFlow.js writes advice for browsers to the console and checks every tensor twice.
    tf.enableProdMode()
    const active = yield* Effect.tryPromise({
      try: () => tf.setBackend(name),
      catch: (cause) => failedToLoad(name, cause),
    })
    if (!active) return yield* Effect.fail(failedToLoad(name, "TensorFlow.js could not initialise it"))
    return Backend.of({ name, description: describe() })
  })

/**
 * The error of a back-end that is installed and does not work.
 *
 * @since 0.1.0
 * @category errors
 */
export const failedToLoad = (name: BackendName, cause: unknown): BackendError =>
  new BackendError({
    reason: "failed-to-load",
    at: `back-end ${name}`,
    expected: "it to load",
    found: cause instanceof Error ? cause.message.split("\n")[0]! : String(cause),
    fix:
      name === "tensorflow"
        ? "Run `seed-grpo native install --force`."
        : "Run `seed-grpo doctor` to see which back-ends work here.",
    cause,
  })

/**
 * The WebAssembly back-end copies what is cloned, and so all that is kept for a backward pass, weights included. The others
 * share the buffer, and so does its own `Reshape`.
 */
const shareClones = (): void => {
  const reshape = tf.getKernel("Reshape", "wasm")
  tf.unregisterKernel("Identity", "wasm")
  tf.registerKernel({
    ...reshape,
    kernelName: "Identity",
    kernelFunc: (call) => reshape.kernelFunc({ ...call, attrs: { shape: (call.inputs["x"] as tf.TensorInfo).shape } }),
  })
}

/**
 * The files of `@tensorflow/tfjs-backend-wasm`, of which the engine takes the best that it can run.
 *
 * @since 0.1.0
 * @category models
 */
export type WasmFile = "tfjs-backend-wasm.wasm" | "tfjs-backend-wasm-simd.wasm" | "tfjs-backend-wasm-threaded-simd.wasm"

/**
 * WebAssembly with its `.wasm` files from somewhere else: in a browser they have to be named, by the address of the folder
 * that they lie in, or each of the three by its own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWasmFrom = (
  place?: string | { readonly [file in WasmFile]: string },
): Layer.Layer<Backend, BackendError> =>
  Layer.effect(
    Backend,
    Effect.gen(function* () {
      const { setWasmPaths } = yield* Effect.tryPromise({
        try: () => import("@tensorflow/tfjs-backend-wasm"),
        catch: (cause) => failedToLoad("wasm", cause),
      })
      if (place !== undefined) setWasmPaths(place)
      shareClones()
      return yield* activate("wasm", () => {
        multiplyByVectors()
        const simd = tf.env().getBool("WASM_HAS_SIMD_SUPPORT")
        return `WebAssembly ${simd ? "with" : "without"} SIMD, 1 thread`
      })
    }),
  )

/**
 * WebAssembly with SIMD: the default that needs nothing but npm.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWasm: Layer.Layer<Backend, BackendError> = layerWasmFrom()

/**
 * Plain JavaScript: slow, and the reference that others are compared with.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCpu: Layer.Layer<Backend, BackendError> = Layer.effect(
  Backend,
  Effect.gen(function* () {
    yield* Effect.tryPromise({
      try: () => import("@tensorflow/tfjs-backend-cpu"),
      catch: (cause) => failedToLoad("cpu", cause),
    })
    return yield* activate("cpu", () => "plain JavaScript, 1 thread")
  }),
)
