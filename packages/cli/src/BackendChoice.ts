/**
 * Which back-end to run on.
 */
import { Backend } from "@seed-grpo/runtime"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import { layerWebGpu } from "@seed-grpo/runtime/WebGpuBackend"
import { Layer } from "effect"
import { Flag } from "effect/cli"

/** Every back-end; `auto` looks at the first and the third. */
export const backends: ReadonlyArray<
  readonly [Backend.BackendName, Layer.Layer<Backend.Backend, Backend.BackendError>]
> = [
  ["tensorflow", layerTensorFlow],
  ["webgpu", layerWebGpu],
  ["wasm", Backend.layerWasm],
  ["cpu", Backend.layerCpu],
]

export type BackendChoice = "auto" | Backend.BackendName

/** The chosen back-end; `auto` takes native TensorFlow where it works and WebAssembly elsewhere. */
export const backendLayer = (choice: BackendChoice): Layer.Layer<Backend.Backend, Backend.BackendError> => {
  switch (choice) {
    case "auto":
      return layerTensorFlow.pipe(Layer.catch(() => Backend.layerWasm))
    case "tensorflow":
      return layerTensorFlow
    case "webgpu":
      return layerWebGpu
    case "wasm":
      return Backend.layerWasm
    case "cpu":
      return Backend.layerCpu
  }
}

export const backendFlag = Flag.Literals("backend", ["auto", "tensorflow", "webgpu", "wasm", "cpu"]).pipe(
  Flag.withDescription(
    "Where tensors live; auto takes TensorFlow where it is installed, else WebAssembly; `seed-grpo doctor` says what works",
  ),
  Flag.withDefault("auto" as const),
)
