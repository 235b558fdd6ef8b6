/**
 * What TensorFlow.js leaves undone on WebGPU: faults of the device are told to nobody, reads that do not wait fail in Node and
 * give zeros in a browser without a screen, and memory that was freed is kept for ever.
 */
import * as tf from "@tensorflow/tfjs-core"
import { BackendError } from "../Backend.ts"
import { forgetFault, reportFault } from "./gpuFault.ts"
import { replaceWrongKernels } from "./gpuKernels.ts"

interface Device {
  readonly addEventListener: (
    type: "uncapturederror",
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ) => void
  readonly limits: { readonly maxComputeWorkgroupsPerDimension: number }
  readonly lost: Promise<{ readonly message: string }>
}

interface Buffer {
  readonly size: number
  readonly destroy: () => void
}

interface BufferManager {
  readonly freeBuffers: ReadonlyMap<string, Array<Buffer>>
  readonly numBytesUsed: number
  numBytesAllocated: number
  numFreeBuffers: number
  releaseBuffer: (buffer: Buffer, reuse?: boolean) => void
}

interface GpuBackend {
  readonly bufferManager: BufferManager
  readonly device: Device
  readonly tensorMap: { readonly get: (dataId: object) => { readonly values?: unknown; readonly dtype: string } }
  readSync: (dataId: object) => unknown
}

let watched: Device | undefined

/** The numbers of tensors that were never sent to the GPU can be had. */
const refuseReadsThatDoNotWait = (backend: GpuBackend): void => {
  const own = backend.readSync.bind(backend)
  backend.readSync = (dataId) => {
    const { dtype, values } = backend.tensorMap.get(dataId)
    if ((values ?? undefined) !== undefined || dtype === "string") return own(dataId)
    throw new BackendError({
      reason: "asynchronous",
      at: "back-end webgpu",
      expected: "numbers to be waited for",
      found: "`dataSync` or `arraySync` of a tensor on the GPU",
      fix: "Use `await tensor.data()`.",
    })
  }
}

/** Bytes of freed buffers that wait for a tensor of the same size. */
const MOST_FREE = 2 ** 28

/** A cache that grows by a token has new sizes at every step, so that old ones would never be asked for again. */
const boundFreeBuffers = (manager: BufferManager): void => {
  const own = manager.releaseBuffer.bind(manager)
  manager.releaseBuffer = (buffer, reuse) => {
    own(buffer, reuse)
    if (manager.numBytesAllocated - manager.numBytesUsed <= MOST_FREE) return
    for (const buffers of manager.freeBuffers.values()) {
      for (const free of buffers.splice(0)) {
        free.destroy()
        manager.numBytesAllocated -= free.size
        manager.numFreeBuffers--
      }
    }
  }
}

/** Takes care of the active back-end, which is WebGPU's. */
export const watchDevice = (): void => {
  const backend = tf.backend() as unknown as GpuBackend
  const { device } = backend
  if (device === watched) return
  watched = device
  forgetFault()
  refuseReadsThatDoNotWait(backend)
  boundFreeBuffers(backend.bufferManager)
  replaceWrongKernels(device.limits.maxComputeWorkgroupsPerDimension)
  const keep = (message: string) => {
    if (device === watched) reportFault(message)
  }
  device.addEventListener("uncapturederror", ({ error }) => keep(error.message))
  void device.lost.then(({ message }) => keep(`the device was lost: ${message}`))
}
