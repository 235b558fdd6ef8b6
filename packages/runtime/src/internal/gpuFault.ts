/** What went wrong on the GPU. WebGPU tells of it in events and goes on with zeros; it is kept until numbers are read. */
import { BackendError } from "../Backend.ts"

let fault: string | undefined

/** The first one counts. */
export const reportFault = (message: string): void => {
  fault ??= message.split("\n")[0]!
}

/** For a new device. */
export const forgetFault = (): void => {
  fault = undefined
}

/**
 * Fails once there was a fault: from then on numbers may be wrong.
 *
 * @throws BackendError
 */
export const checkFault = (): void => {
  if (fault === undefined) return
  throw new BackendError({
    reason: "device-failed",
    at: "back-end webgpu",
    expected: "a device that does what it is told",
    found: fault,
    fix: "Use smaller batches or a smaller model, or the wasm back-end, in a new process.",
  })
}
