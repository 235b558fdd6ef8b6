/**
 * The safetensors format: eight bytes of header length, a JSON header, raw little-endian tensors. No code is ever
 * executed, and a header is checked completely before anything of the size it claims is allocated.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * A tensor as it lies in a file, read into float32.
 *
 * @since 0.1.0
 * @category models
 */
export interface HostTensor {
  readonly shape: ReadonlyArray<number>
  /** Row-major values. */
  readonly data: Float32Array
}

/**
 * Tensors by name.
 *
 * @since 0.1.0
 * @category models
 */
export type HostTensors = ReadonlyMap<string, HostTensor>

/**
 * Why a safetensors file was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class SafetensorsError extends ExplainedError<"truncated" | "bad-header" | "bad-entry" | "unsupported-dtype"> {
  readonly _tag = "SafetensorsError"
}

const MAX_HEADER = 100_000_000
const FIX = "Download the file again; it is damaged or not a safetensors file."

const halfToFloat = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Bytes per element, and the reader of `count` elements at a byte offset. */
const DTYPES: Record<string, { size: number; read: (view: DataView, at: number, count: number) => Float32Array }> = {
  F32: {
    size: 4,
    read: (view, at, count) => Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i, true)),
  },
  F16: {
    size: 2,
    read: (view, at, count) =>
      Float32Array.from({ length: count }, (_, i) => halfToFloat(view.getUint16(at + 2 * i, true))),
  },
  BF16: {
    size: 2,
    read: (view, at, count) => {
      const bits = Uint32Array.from({ length: count }, (_, i) => view.getUint16(at + 2 * i, true) << 16)
      return new Float32Array(bits.buffer)
    },
  },
}

interface Entry {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly begin: number
  readonly end: number
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const readEntry = (name: string, json: unknown, dataLength: number): Entry => {
  const at = `tensor "${name}"`
  const bad = (expected: string, found: unknown): never => {
    throw new SafetensorsError({
      reason: "bad-entry",
      at,
      expected,
      found: JSON.stringify(found) ?? "nothing",
      fix: FIX,
    })
  }
  const { dtype, shape, data_offsets: offsets } = (json ?? {}) as { [key: string]: unknown }
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPES, dtype)) {
    throw new SafetensorsError({
      reason: "unsupported-dtype",
      at,
      expected: `one of ${Object.keys(DTYPES).join(", ")}`,
      found: JSON.stringify(dtype) ?? "nothing",
      fix: "Convert the checkpoint to float32, float16 or bfloat16.",
    })
  }
  if (!Array.isArray(shape) || !shape.every(isIndex)) return bad("a shape of whole numbers", shape)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isIndex)) {
    return bad("two byte offsets", offsets)
  }
  const [begin, end] = offsets as [number, number]
  const bytes = shape.reduce((product: number, length: number) => product * length, DTYPES[dtype]!.size)
  if (begin > end || end > dataLength) return bad(`offsets inside ${dataLength} bytes`, offsets)
  if (end - begin !== bytes) return bad(`${bytes} bytes for ${dtype} [${shape.join(", ")}]`, end - begin)
  return { dtype, shape, begin, end }
}

const readHeader = (
  bytes: Uint8Array,
): { readonly header: { [name: string]: unknown }; readonly dataStart: number } => {
  if (bytes.length < 8) {
    throw new SafetensorsError({
      reason: "truncated",
      at: "safetensors file",
      expected: "at least 8 bytes",
      found: `${bytes.length}`,
      fix: FIX,
    })
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > Math.min(MAX_HEADER, bytes.length - 8)) {
    throw new SafetensorsError({
      reason: length > MAX_HEADER ? "bad-header" : "truncated",
      at: "safetensors header length",
      expected: `at most ${Math.min(MAX_HEADER, bytes.length - 8)} bytes`,
      found: `${length}`,
      fix: FIX,
    })
  }
  const malformed = (found: string, cause?: unknown) =>
    new SafetensorsError({
      reason: "bad-header",
      at: "safetensors header",
      expected: "a JSON object",
      found,
      fix: FIX,
      cause,
    })
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)))
  } catch (cause) {
    throw malformed("text that is not JSON in UTF-8", cause)
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) throw malformed(typeof header)
  return { header: header as { [name: string]: unknown }, dataStart: 8 + length }
}

/**
 * Reads every tensor of a file. Tensors must tile the data without holes or overlaps.
 *
 * @throws SafetensorsError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Safetensors } from "@seed-grpo/runtime"
 *
 * const bytes = Safetensors.serialize(new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]))
 * assert.deepEqual(Safetensors.parse(bytes).get("w"), { shape: [2], data: Float32Array.of(1, 2) })
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const parse = (bytes: Uint8Array): HostTensors => {
  const { header, dataStart } = readHeader(bytes)
  const dataLength = bytes.length - dataStart
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, json]) => [name, readEntry(name, json, dataLength)] as const)
  let covered = 0
  for (const [name, { begin, end }] of entries.toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      throw new SafetensorsError({
        reason: "bad-entry",
        at: `tensor "${name}"`,
        expected: `data from byte ${covered}`,
        found: `data from byte ${begin}`,
        fix: FIX,
      })
    }
    covered = end
  }
  if (covered !== dataLength) {
    throw new SafetensorsError({
      reason: covered < dataLength ? "bad-header" : "truncated",
      at: "safetensors data",
      expected: `${covered} bytes`,
      found: `${dataLength}`,
      fix: FIX,
    })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, dataLength)
  return new Map(
    entries.map(([name, { dtype, shape, begin }]) => {
      const count = shape.reduce((product, length) => product * length, 1)
      return [name, { shape, data: DTYPES[dtype]!.read(view, begin, count) }]
    }),
  )
}

/**
 * Writes tensors as float32, in the order of the map, with the data aligned to 8 bytes. Equal tensors give equal bytes.
 *
 * @since 0.1.0
 * @category conversions
 */
export const serialize = (tensors: HostTensors, metadata?: Readonly<Record<string, string>>): Uint8Array => {
  const header: { [name: string]: unknown } = metadata === undefined ? {} : { __metadata__: metadata }
  let offset = 0
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.length * 4] }
    offset += data.length * 4
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const headerLength = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + headerLength + offset)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(headerLength), true)
  bytes.fill(0x20, 8, 8 + headerLength)
  bytes.set(text, 8)
  let at = 8 + headerLength
  for (const { data } of tensors.values()) {
    for (let i = 0; i < data.length; i++, at += 4) view.setFloat32(at, data[i]!, true)
  }
  return bytes
}
