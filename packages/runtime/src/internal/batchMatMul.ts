/**
 * Matrix products for the WebAssembly back-end, at the speed of the processor's vectors.
 *
 * The back-end's own kernel multiplies batches, which are the attention, in a scalar loop at 2.5 GFLOP/s; this one makes 20
 * to 40 of them, in the back-end's own memory. Single pairs stay with XNNPACK, which is as fast and better with large ones.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { batchMatMulWasm } from "./batchMatMulWasm.ts"

/** What browsers and Node have alike; neither's types are loaded here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly batchMatMul: Multiply } }
}

interface WasmBackend {
  readonly wasm: {
    readonly asm: { readonly memory?: object }
    readonly _malloc: (bytes: number) => number
    readonly _free: (address: number) => void
  }
  readonly dataIdMap: { readonly get: (dataId: object) => { readonly memoryOffset: number } }
  readonly makeOutput: (shape: ReadonlyArray<number>, dtype: "float32") => tf.TensorInfo
}

type Multiply = (...numbers: ReadonlyArray<number>) => void

const compiled = (memory: object): Multiply => {
  const bytes = Uint8Array.from(atob(batchMatMulWasm), (character) => character.charCodeAt(0))
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports.batchMatMul
}

const isSame = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/**
 * Puts the kernel in the place of the active back-end's own, which goes on with what it does not do: single pairs, other
 * types than float32, batches that are broadcast. Without SIMD nothing changes.
 */
export const multiplyByVectors = (): void => {
  const backend = tf.backend() as unknown as WasmBackend
  const { wasm } = backend
  const { memory } = wasm.asm
  if (memory === undefined || !tf.env().getBool("WASM_HAS_SIMD_SUPPORT")) return
  const multiply = compiled(memory)
  const own = tf.getKernel("BatchMatMul", "wasm")
  tf.unregisterKernel("BatchMatMul", "wasm")
  tf.registerKernel({
    ...own,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo }
      const { transposeA, transposeB } = call.attrs as { readonly transposeA: boolean; readonly transposeB: boolean }
      const [batch, others] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
      const [m = 0, k = 0] = transposeA ? a.shape.slice(-2).toReversed() : a.shape.slice(-2)
      const n = b.shape.at(transposeB ? -2 : -1)!
      const count = batch.reduce((product, length) => product * length, 1)
      const isOurs = a.dtype === "float32" && b.dtype === "float32" && batch.length > 0 && isSame(batch, others)
      if (!isOurs || count * m * k * n === 0) return own.kernelFunc(call)
      const out = backend.makeOutput([...batch, m, n], "float32")
      const address = ({ dataId }: tf.TensorInfo) => backend.dataIdMap.get(dataId).memoryOffset
      const wide = Math.ceil(n / 8) * 8
      const scratch = wasm._malloc(4 * wide * (k + m))
      multiply(
        ...[address(a), address(b), address(out), count, m, k, n],
        ...(transposeA ? [1, m] : [k, 1]),
        ...(transposeB ? [1, k] : [n, 1]),
        ...[scratch, scratch + 4 * wide * k],
      )
      wasm._free(scratch)
      return out
    },
  })
}
