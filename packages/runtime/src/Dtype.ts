/**
 * The number formats of checkpoints, and their way to float32 and back. Numbers lie little-endian, in files and in every
 * JavaScript engine that TensorFlow.js runs on.
 *
 * @since 0.1.0
 */

/**
 * Formats of weights: IEEE single and half precision, and bfloat16.
 *
 * @since 0.1.0
 * @category models
 */
export type Dtype = "F32" | "F16" | "BF16"

interface Format {
  readonly bytes: number
  readonly decode: (bytes: Uint8Array) => Float32Array
  readonly encode: (values: Float32Array) => Uint8Array
}

/** Typed arrays want aligned memory; a copy is made only where it is not. (`slice` of a Node `Buffer` would be none.) */
const aligned = (bytes: Uint8Array, to: number): Uint8Array =>
  bytes.byteOffset % to === 0 ? bytes : new Uint8Array(bytes)

const bytesOf = ({ buffer, byteLength, byteOffset }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

const words = (bytes: Uint8Array): Uint16Array => {
  const { buffer, byteLength, byteOffset } = aligned(bytes, 2)
  return new Uint16Array(buffer, byteOffset, byteLength / 2)
}

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length)

const halfToFloat = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

let halves: Float32Array | undefined

/** All 65,536 of them, made when the first half is read. */
const table = (): Float32Array => (halves ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half)))

const QUIET_NAN = 0x7fc0_0000

/** Rounds `value >>> shift` to nearest, ties to even. */
const rounded = (value: number, shift: number): number => {
  const kept = value >>> shift
  const rest = value & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept
}

/** The bits of a float32 as those of the nearest half; beyond the greatest half is infinity. */
const floatToHalf = (float: number): number => {
  const sign = (float >>> 16) & 0x8000
  const magnitude = float & 0x7fff_ffff
  if (magnitude > 0x7f80_0000) return sign | 0x7e00
  const exponent = (magnitude >>> 23) - 127
  // A carry out of the fraction moves on into the exponent, up to that of infinity.
  if (exponent > 15) return sign | 0x7c00
  if (exponent >= -14) return sign | rounded(magnitude - ((127 - 15) << 23), 13)
  if (exponent < -25) return sign
  return sign | rounded((magnitude & 0x7f_ffff) | 0x80_0000, 13 + (-14 - exponent))
}

/** The bits of a float32 as those of the nearest bfloat16, which is its upper half. */
const floatToBrain = (float: number): number =>
  (float & 0x7fff_ffff) > 0x7f80_0000 ? ((float & 0x8000_0000) | QUIET_NAN) >>> 16 : rounded(float, 16)

const FORMATS: Readonly<Record<Dtype, Format>> = {
  F32: {
    bytes: 4,
    decode: (bytes) => {
      const { buffer, byteLength, byteOffset } = aligned(bytes, 4)
      return new Float32Array(buffer, byteOffset, byteLength / 4)
    },
    encode: bytesOf,
  },
  F16: {
    bytes: 2,
    decode: (bytes) => {
      const read = words(bytes)
      const float = table()
      const floats = new Float32Array(read.length)
      for (let i = 0; i < read.length; i++) floats[i] = float[read[i]!]!
      return floats
    },
    encode: (values) => {
      const floats = bits(values)
      const halves = new Uint16Array(floats.length)
      for (let i = 0; i < floats.length; i++) halves[i] = floatToHalf(floats[i]!)
      return bytesOf(halves)
    },
  },
  BF16: {
    bytes: 2,
    decode: (bytes) => {
      const read = words(bytes)
      const floats = new Uint32Array(read.length)
      for (let i = 0; i < read.length; i++) floats[i] = read[i]! << 16
      return new Float32Array(floats.buffer)
    },
    encode: (values) => {
      const floats = bits(values)
      const brains = new Uint16Array(floats.length)
      for (let i = 0; i < floats.length; i++) brains[i] = floatToBrain(floats[i]!)
      return bytesOf(brains)
    },
  },
}

/**
 * @since 0.1.0
 * @category predicates
 */
export const isDtype = (value: unknown): value is Dtype => typeof value === "string" && Object.hasOwn(FORMATS, value)

/**
 * Bytes of one number.
 *
 * @since 0.1.0
 * @category destructors
 */
export const size = (dtype: Dtype): number => FORMATS[dtype].bytes

/**
 * Numbers as float32, exactly. F32 shares the memory of `bytes` where they are aligned.
 *
 * @since 0.1.0
 * @category conversions
 */
export const decode = (dtype: Dtype, bytes: Uint8Array): Float32Array => FORMATS[dtype].decode(bytes)

/**
 * Float32 numbers in a format, rounded to nearest, ties to even; NaN and infinities stay what they are. F32 shares the
 * memory of `values`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Dtype } from "@seed-grpo/runtime"
 *
 * const third = Float32Array.of(1 / 3)
 * assert.equal(Dtype.decode("BF16", Dtype.encode("BF16", third))[0], 0.333984375)
 * assert.equal(Dtype.decode("F16", Dtype.encode("F16", third))[0], 0.333251953125)
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const encode = (dtype: Dtype, values: Float32Array): Uint8Array => FORMATS[dtype].encode(values)
