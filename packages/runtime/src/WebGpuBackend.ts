/**
 * WebGPU: in browsers, and in Node through the `webgpu` package (Dawn), on whatever graphics driver there is.
 *
 * Nothing can be read without waiting here, see `Read`: `dataSync` is refused with a {@link BackendError}. So is every read
 * after the device has failed, which WebGPU itself passes over in silence.
 *
 * @since 0.1.0
 */
import { Effect, Layer } from "effect"
import { activate, Backend, BackendError, failedToLoad } from "./Backend.ts"
import { watchDevice } from "./internal/gpuDevice.ts"

/** What is used here of WebGPU's own types. */
interface Gpu {
  readonly requestAdapter: (options: object) => Promise<Adapter | null>
}

interface Adapter {
  readonly info: {
    readonly vendor: string
    readonly architecture: string
    readonly description: string
    readonly isFallbackAdapter?: boolean
  }
}

/** The npm package. */
interface Dawn {
  readonly create: (options: ReadonlyArray<string>) => Gpu
  readonly globals: object
}

const NAMED = "back-end webgpu"

const isNode = (): boolean => typeof process !== "undefined" && typeof process.versions?.node === "string"

const gpuOf = (holder: object): Gpu | undefined => (holder as { readonly gpu?: Gpu }).gpu

const notInstalled = (name: string, cause: unknown): BackendError =>
  new BackendError({
    reason: "not-installed",
    at: NAMED,
    expected: name,
    found: cause instanceof Error ? cause.message.split("\n")[0]! : String(cause),
    fix: `Run \`npm install ${name}\`.`,
    cause,
  })

const noAdapter = (found: string): BackendError =>
  new BackendError({
    reason: "no-adapter",
    at: NAMED,
    expected: "a graphics driver that WebGPU can use",
    found,
    fix: isNode()
      ? "Install a driver (Vulkan on Linux; `vulkaninfo --summary` lists what is there), or use the wasm back-end."
      : "Use a browser with WebGPU (its page about the GPU says why it is off), on https or localhost, or use the wasm back-end.",
  })

/** Not a literal, so that what bundles a page leaves it alone: pages never come here. */
const DAWN = "webgpu"

/** What browsers bring along. It stays until the process ends: tensors do too. */
const provideGpu = Effect.gen(function* () {
  const found = gpuOf(navigator)
  if (found !== undefined) return found
  if (!isNode()) return yield* Effect.fail(noAdapter("no `navigator.gpu`"))
  const { create, globals } = yield* Effect.tryPromise({
    try: () => import(DAWN) as Promise<Dawn>,
    catch: (cause) => notInstalled(DAWN, cause),
  })
  Object.assign(globalThis, globals)
  const gpu = create([])
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true })
  return gpu
})

const descriptionOf = ({ info }: Adapter): string => {
  const { architecture, description, isFallbackAdapter, vendor } = info
  const names = [vendor, architecture, description].filter((name) => name !== "")
  return `WebGPU on ${names.length === 0 ? "a device without a name" : names.join(" ")}${isFallbackAdapter === true ? ", in software" : ""}`
}

/**
 * WebGPU through `@tensorflow/tfjs-backend-webgpu`, an optional peer; in Node `webgpu` is another. Fails with a
 * {@link BackendError} that says what is missing.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWebGpu: Layer.Layer<Backend, BackendError> = Layer.effect(
  Backend,
  Effect.gen(function* () {
    const gpu = yield* provideGpu
    const adapter = yield* Effect.tryPromise({
      try: () => gpu.requestAdapter({ powerPreference: "high-performance" }),
      catch: (cause) => failedToLoad("webgpu", cause),
    })
    if (adapter === null) return yield* Effect.fail(noAdapter("no adapter"))
    // Registers itself, if it finds `navigator.gpu`.
    yield* Effect.tryPromise({
      try: () => import("@tensorflow/tfjs-backend-webgpu"),
      catch: (cause) => notInstalled("@tensorflow/tfjs-backend-webgpu", cause),
    })
    return yield* activate("webgpu", () => {
      watchDevice()
      return descriptionOf(adapter)
    })
  }),
)
