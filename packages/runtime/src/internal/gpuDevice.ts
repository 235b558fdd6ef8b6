/**
 * Faults of a GPU. WebGPU tells of them in events and goes on with zeros: they are kept until numbers are read.
 */
import * as tf from "@tensorflow/tfjs-core"
import { BackendError } from "../Backend.ts"

interface Device {
  readonly addEventListener: (
    type: "uncapturederror",
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ) => void
  readonly lost: Promise<{ readonly message: string }>
}

let watched: Device | undefined
let fault: string | undefined

/** Listens to the device of the active back-end. */
export const watchDevice = (): void => {
  const { device } = tf.backend() as unknown as { readonly device: Device }
  if (device === watched) return
  watched = device
  fault = undefined
  const keep = (message: string) => {
    if (device === watched) fault ??= message.split("\n")[0]!
  }
  device.addEventListener("uncapturederror", ({ error }) => keep(error.message))
  void device.lost.then(({ message }) => keep(`the device was lost: ${message}`))
}

/**
 * Fails once there was a fault: from then on numbers may be wrong.
 *
 * @throws BackendError
 */
export const checkDevice = (): void => {
  if (fault === undefined) return
  throw new BackendError({
    reason: "device-failed",
    at: "back-end webgpu",
    expected: "a device that does what it is told",
    found: fault,
    fix: "Use smaller batches or a smaller model, or the wasm back-end, in a new process.",
  })
}
