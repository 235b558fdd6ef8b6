/**
 * Number formats against numpy 2 and torch 2.13, which agree with each other: SHA-256 over the bits of the results. Inputs
 * are every pattern of 16 bits, every tie with its neighbours, and 2²⁰ patterns spread over all float32 numbers.
 */
import { createHash } from "node:crypto"
import { Dtype } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"

const sha256 = (array: ArrayBufferView): string =>
  createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex")

const all = Uint16Array.from({ length: 65_536 }, (_, i) => i)
const bytes = new Uint8Array(all.buffer)
const spread = Array.from({ length: 2 ** 20 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 0)
const isNaNBits = (bits: number) => (bits & 0x7fff_ffff) > 0x7f80_0000
const floats = (bits: ReadonlyArray<number>) =>
  new Float32Array(Uint32Array.from(bits.filter((pattern) => !isNaNBits(pattern))).buffer)

describe("Dtype", () => {
  it("decodes each of the 65,536 halves", () => {
    const decoded = Dtype.decode("F16", bytes)
    const bits = new Uint32Array(decoded.buffer).map((pattern) => (isNaNBits(pattern) ? 0x7fc0_0000 : pattern))
    assert.strictEqual(sha256(bits), "385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259")
  })

  it("decodes each of the 65,536 bfloat16 as the upper half of a float32", () => {
    const decoded = new Uint32Array(Dtype.decode("BF16", bytes).buffer)
    assert.isTrue(decoded.every((pattern, i) => pattern === i * 65_536))
  })

  it("rounds to bfloat16 as torch does", () => {
    const upper = Array.from(all, (i) => i * 65_536)
    const values = floats([
      ...upper.map((bits) => bits + 0x8000),
      ...upper.map((bits) => bits + 0x7fff),
      ...upper.map((bits) => bits + 0x8001),
      ...spread,
    ])
    assert.strictEqual(
      sha256(Dtype.encode("BF16", values)),
      "e430d9b47ed41be4f5e1efa4c68406c521c515e3c5f83c409dc657f200aa47cf",
    )
  })

  it("rounds to half precision as numpy and torch do", () => {
    const finite = Dtype.decode("F16", bytes).slice(0, 0x7c00)
    const ties = new Uint32Array(finite.map((value, i) => (value + (finite[i + 1] ?? 65_536)) / 2).buffer)
    const bits = Array.from(ties)
    const values = floats([
      ...bits,
      ...bits.map((tie) => tie - 1),
      ...bits.map((tie) => tie + 1),
      ...bits.map((tie) => (tie | 0x8000_0000) >>> 0),
      ...spread,
    ])
    assert.strictEqual(
      sha256(Dtype.encode("F16", values)),
      "9e9e18c70b2f67858847828ae73f46e1074340817f93e26b6253c7492c73a623",
    )
  })

  it.each(["F32", "F16", "BF16"] as const)(
    "%s keeps NaN, infinities and signed zeros, and what it can hold",
    (dtype) => {
      const values = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1, -1.5, 0.15625)
      assert.deepStrictEqual([...Dtype.decode(dtype, Dtype.encode(dtype, values))], [...values])
      const negative = new Float32Array(Uint32Array.of(0xff80_0001).buffer)
      assert.isNaN(Dtype.decode(dtype, Dtype.encode(dtype, negative))[0])
    },
  )

  it.each(["F32", "F16", "BF16"] as const)("%s is read from any byte of a Node buffer", (dtype) => {
    const stored = Dtype.encode(dtype, Float32Array.of(1, 2, -3))
    const buffer = Buffer.concat([Buffer.of(0), stored])
    assert.deepStrictEqual([...Dtype.decode(dtype, buffer.subarray(1))], [1, 2, -3])
  })
})
