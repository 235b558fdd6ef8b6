/**
 * The safetensors format: eight bytes of header length, a JSON header, raw little-endian tensors. No code is ever
 * executed, and a header is checked completely before anything of the size it claims is allocated.
 *
 * The checks are those of the reference implementation, https://github.com/huggingface/safetensors.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import * as Dtype from "./Dtype.ts"
import { headerReader } from "./internal/headerReader.ts"

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
 * Where a tensor lies in a file: bytes `[begin, end)` of it, from its very start.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly dtype: Dtype.Dtype
  readonly shape: ReadonlyArray<number>
  readonly begin: number
  readonly end: number
}

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

/** What a hostile file says can be as long as its header. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

const refuse = (
  reason: SafetensorsError["reason"],
  at: string,
  expected: string,
  found: string,
  fix = "Download the file again; it is damaged or not a safetensors file.",
): never => {
  throw new SafetensorsError({ reason, at: shortened(at), expected, found: shortened(found), fix })
}

interface StoredEntry {
  readonly name: string
  readonly dtype: string | undefined
  readonly shape: ReadonlyArray<number> | undefined
  readonly offsets: ReadonlyArray<number> | undefined
}

const listed = (numbers: ReadonlyArray<number>): string => `[${numbers.slice(0, 16).join(", ")}]`

const checkedEntry = ({ dtype, name, offsets, shape }: StoredEntry, dataStart: number, dataLength: number): Entry => {
  const at = `tensor "${name}"`
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    return refuse("bad-entry", at, "dtype, shape and data_offsets", "not all of them")
  }
  if (!Dtype.isDtype(dtype)) {
    const fix = "Convert the checkpoint to float32, float16 or bfloat16."
    return refuse("unsupported-dtype", at, "one of F32, F16, BF16", dtype, fix)
  }
  const [begin, end] = offsets
  if (offsets.length !== 2 || begin! > end! || end! > dataLength) {
    return refuse("bad-entry", at, `two offsets inside ${dataLength} bytes`, listed(offsets))
  }
  const bytes = shape.reduce(
    (product, length) => (Number.isSafeInteger(product * length) ? product * length : Number.NaN),
    Dtype.size(dtype),
  )
  if (Number.isNaN(bytes)) return refuse("bad-entry", at, "a shape whose size can be counted", listed(shape))
  if (end! - begin! !== bytes) {
    return refuse("bad-entry", at, `${bytes} bytes for ${dtype} ${listed(shape)}`, `${end! - begin!}`)
  }
  return { dtype, shape, begin: dataStart + begin!, end: dataStart + end! }
}

/**
 * How many bytes the header of a file has, from its first eight and the file's size.
 *
 * @throws SafetensorsError
 *
 * @since 0.1.0
 * @category conversions
 */
export const headerLength = (start: Uint8Array, fileSize: number): number => {
  if (fileSize < 8 || start.length < 8)
    return refuse("truncated", "safetensors file", "at least 8 bytes", `${fileSize}`)
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER)) {
    return refuse("bad-header", "safetensors header length", `at most ${MAX_HEADER} bytes`, `${length}`)
  }
  return Number(length) <= fileSize - 8
    ? Number(length)
    : refuse("truncated", "safetensors header length", `at most ${fileSize - 8} bytes`, `${length}`)
}

const parseHeader = (header: Uint8Array): ReadonlyArray<StoredEntry> => {
  const malformed = (found: string) => refuse("bad-header", "safetensors header", "a JSON object in UTF-8", found)
  // Nothing may stand before the object: what other readers skip could hide a second header.
  if (header[0] !== 0x7b) return malformed("another first byte than {")
  let json: string
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(header)
  } catch {
    return malformed("bytes that are not UTF-8")
  }
  const stored: Array<StoredEntry> = []
  let inside: string | undefined
  const reader = headerReader(json, (expected, found) =>
    inside === undefined
      ? refuse("bad-header", "safetensors header", expected, found)
      : refuse("bad-entry", `tensor "${inside}"`, expected, found),
  )
  reader.object((name) => {
    if (name === "__metadata__") return reader.object(reader.text)
    inside = name
    let dtype: string | undefined
    let shape: ReadonlyArray<number> | undefined
    let offsets: ReadonlyArray<number> | undefined
    reader.object((key) => {
      if (key === "dtype") dtype = reader.text()
      else if (key === "shape") shape = reader.numbers()
      else if (key === "data_offsets") offsets = reader.numbers()
      else refuse("bad-entry", `tensor "${name}"`, "dtype, shape and data_offsets", `"${key}"`)
    })
    inside = undefined
    stored.push({ name, dtype, shape, offsets })
  })
  reader.end()
  return stored
}

/**
 * The tensors of a file, from its header (the bytes after the first eight) and the file's size. Tensors must tile the
 * data without holes or overlaps.
 *
 * @throws SafetensorsError
 *
 * @since 0.1.0
 * @category conversions
 */
export const entries = (header: Uint8Array, fileSize: number): ReadonlyMap<string, Entry> => {
  const start = 8 + header.length
  const read = parseHeader(header).map(
    (stored) => [stored.name, checkedEntry(stored, start, fileSize - start)] as const,
  )
  let covered = start
  for (const [name, { begin, end }] of read.toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      refuse("bad-entry", `tensor "${name}"`, `data from byte ${covered - start}`, `data from byte ${begin - start}`)
    }
    covered = end
  }
  if (covered !== fileSize) refuse("bad-header", "safetensors data", `${covered - start} bytes`, `${fileSize - start}`)
  return new Map(read)
}

/**
 * A tensor, from the bytes of its entry.
 *
 * @since 0.1.0
 * @category conversions
 */
export const decode = ({ dtype, shape }: Entry, bytes: Uint8Array): HostTensor => ({
  shape,
  data: Dtype.decode(dtype, bytes),
})

/**
 * Reads every tensor of a file that is in memory.
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
  const length = headerLength(bytes.subarray(0, 8), bytes.length)
  return new Map(
    [...entries(bytes.subarray(8, 8 + length), bytes.length)].map(([name, entry]) => [
      name,
      decode(entry, new Uint8Array(bytes.subarray(entry.begin, entry.end))),
    ]),
  )
}

/**
 * The start of a file with tensors of these shapes, whose bytes follow in the same order: length and header, padded so
 * that the data is aligned to 8 bytes.
 *
 * @since 0.1.0
 * @category conversions
 */
export const head = (
  tensors: ReadonlyArray<{ readonly name: string; readonly shape: ReadonlyArray<number> }>,
  dtype: Dtype.Dtype,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array => {
  let offset = 0
  const stored = tensors.map(({ name, shape }) => {
    const begin = offset
    offset += shape.reduce((product, length) => product * length, Dtype.size(dtype))
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const
  })
  const header = Object.fromEntries([
    ...(metadata === undefined ? [] : [["__metadata__", metadata] as const]),
    ...stored,
  ])
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + length).fill(0x20, 8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(text, 8)
  return bytes
}

/**
 * Writes tensors in the order of the map, as float32 unless another format is asked for. Equal tensors give equal bytes.
 *
 * @since 0.1.0
 * @category conversions
 */
export const serialize = (
  tensors: HostTensors,
  metadata?: Readonly<Record<string, string>>,
  dtype: Dtype.Dtype = "F32",
): Uint8Array => {
  const start = head(
    [...tensors].map(([name, { shape }]) => ({ name, shape })),
    dtype,
    metadata,
  )
  const numbers = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0)
  const bytes = new Uint8Array(start.length + numbers * Dtype.size(dtype))
  bytes.set(start)
  let at = start.length
  for (const { data } of tensors.values()) {
    bytes.set(Dtype.encode(dtype, data), at)
    at += data.length * Dtype.size(dtype)
  }
  return bytes
}
