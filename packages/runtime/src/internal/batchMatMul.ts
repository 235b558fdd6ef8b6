/**
 * Matrix products for the WebAssembly back-end, at the speed of the processor's vectors.
 *
 * The back-end's own kernel multiplies batches (which are the attention) and transposed operands in a scalar loop at 2.5
 * GFLOP/s, and a single plain pair by XNNPACK at 30. This one makes 25 to 40 of all of them, in the back-end's own memory.
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

const FEW_ROWS = 32

let installed: object | undefined

/** Numbers of a panel in `batchMatMul.as`. */
const PANEL = 2048

const isSame = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/**
 * Puts the kernel in the place of the active back-end's own, which goes on with what it does not do: few rows, other
 * types than float32, batches that are broadcast. Without SIMD nothing changes.
 */
export const multiplyByVectors = (): void => {
  const backend = tf.backend() as unknown as WasmBackend
  const { wasm } = backend
  const { memory } = wasm.asm
  if (backend === installed || memory === undefined || !tf.env().getBool("WASM_HAS_SIMD_SUPPORT")) return
  installed = backend
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
      const isOther = a.dtype !== "float32" || b.dtype !== "float32" || !isSame(batch, others)
      if (isOther || count * m * k * n === 0) return own.kernelFunc(call)
      // XNNPACK, which keeps the right matrix as it wants it, is ahead where few rows share it.
      if (batch.length === 0 && m < FEW_ROWS && !transposeA && !transposeB) return own.kernelFunc(call)
      const out = backend.makeOutput([...batch, m, n], "float32")
      const address = ({ dataId }: tf.TensorInfo) => backend.dataIdMap.get(dataId).memoryOffset
      const tile = n % 8 === 0 ? 0 : m * 8 * Math.ceil(n / 8)
      const scratch = wasm._malloc(4 * (PANEL + tile))
      const [leftRow, leftColumn] = transposeA ? [1, m] : [k, 1]
      const [rightRow, rightColumn] = transposeB ? [1, k] : [n, 1]
      const sizes = [count, m, k, n, leftRow, leftColumn, rightRow, rightColumn]
      multiply(address(a), address(b), address(out), ...sizes, scratch, scratch + 4 * PANEL)
      wasm._free(scratch)
      return out
    },
  })
}
