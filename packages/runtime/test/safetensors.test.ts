/** Headers that were made to do harm, and headers at random. */
import { Dtype, Safetensors } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const file = (header: string, data = 0): Uint8Array => {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

const withLength = (length: bigint): Uint8Array => {
  const bytes = file("{}")
  new DataView(bytes.buffer).setBigUint64(0, length, true)
  return bytes
}

/** Anything but a refusal is thrown on. */
const refusal = (bytes: Uint8Array): Safetensors.SafetensorsError | undefined => {
  try {
    Safetensors.parse(bytes)
    return undefined
  } catch (error) {
    if (error instanceof Safetensors.SafetensorsError) return error
    throw error
  }
}

const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
const MANY = 5_000_000

describe("hostile headers", () => {
  it.each([
    ["100 MB and a byte", withLength(100_000_001n), "bad-header", /at most 100000000 bytes/],
    ["2⁵³ + 1 bytes", withLength(2n ** 53n + 1n), "bad-header", /9007199254740993/],
    ["2⁶⁴ − 1 bytes", withLength(2n ** 64n - 1n), "bad-header", /18446744073709551615/],
    ["no bytes", file(""), "bad-header", /first byte/],
    ["a space first", file(" {}"), "bad-header", /first byte/],
    ["a byte order mark first", file("\uFEFF{}"), "bad-header", /first byte/],
    ["a tensor twice", file(`{"w":${entry},"w":${entry}}`, 4), "bad-header", /each key once, found "w" twice/],
    ["a tensor twice, once escaped", file(`{"w":${entry},"\\u0077":${entry}}`, 4), "bad-header", /"w" twice/],
    ["a dtype twice", file(`{"w":{"dtype":"F16",${entry.slice(1)}}`, 4), "bad-entry", /"dtype" twice/],
    ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), "bad-header", /"__metadata__" twice/],
    ["a key of metadata twice", file('{"__metadata__":{"a":"","a":""}}'), "bad-header", /"a" twice/],
    ["metadata that is a number", file('{"__metadata__":{"a":1}}'), "bad-header", /found 1/],
    ["metadata that is an object", file('{"__metadata__":{"a":{}}}'), "bad-header", /found \{/],
    ["metadata that is a list", file('{"__metadata__":[]}'), "bad-header", /found \[\]/],
    ["a key that no entry has", file(`{"w":{"x":0,${entry.slice(1)}}`, 4), "bad-entry", /found "x"/],
    ["a second header", file("{}{}"), "bad-header", /nothing after the header/],
    ["a comma too many", file(`{"w":${entry},}`, 4), "bad-header", /found }/],
    ["a text without end", file('{"w'), "bad-header", /found the end/],
    ["a bad escape", file('{"\\x":{}}'), "bad-header", /a text/],
    ["a raw line break in a text", file('{"a\nb":{}}'), "bad-header", /control characters/],
    ["a shape beyond counting", file(entryOf("[4294967296,4294967296]")), "bad-entry", /whose size can be counted/],
    ["the same, times zero", file(entryOf("[4294967296,4294967296,0]")), "bad-entry", /whose size can be counted/],
    ["a length of 17 digits", file(entryOf("[10000000000000000]")), "bad-entry", /a whole number/],
    ["a length of 2⁵³", file(entryOf("[9007199254740992]")), "bad-entry", /a whole number/],
    ["a length in scientific notation", file(entryOf("[1e0]")), "bad-entry", /a whole number/],
    ["a length of minus zero", file(entryOf("[-0]")), "bad-entry", /a whole number/],
    ["a length that starts with zero", file(entryOf("[01]")), "bad-entry", /a whole number/],
  ] as const)("%s", (_, bytes, reason, message) => {
    const error = refusal(bytes)
    assert.strictEqual(error?.reason, reason)
    assert.match(error!.message, message)
  })

  it.each([
    ["brackets", `{"a":${"[".repeat(MANY)}`],
    ["objects", `{"a":${'{"a":'.repeat(MANY)}`],
    ["lists in a list", `{"a":[${"[],".repeat(MANY)}`],
    ["numbers", `{"a":{"shape":[${"0,".repeat(MANY)}0],"dtype":"F32","data_offsets":[0,4]}}`],
    ["digits", `{"a":{"shape":[${"1".repeat(MANY)}]}}`],
    ["a long name", `{"${"x".repeat(MANY)}":1}`],
    ["a long dtype", `{"a":{"dtype":"${"x".repeat(MANY)}","shape":[],"data_offsets":[0,4]}}`],
    ["escapes", `{"${"\\n".repeat(MANY)}":1}`],
    ["spaces", `{"a"${" ".repeat(MANY)}:1}`],
  ] as const)("megabytes of %s are refused in a line", (_, header) => {
    const error = refusal(file(header))
    assert.instanceOf(error, Safetensors.SafetensorsError)
    assert.isBelow(error.message.length, 700)
  })

  it("long metadata is no harm", () => {
    assert.deepStrictEqual(Safetensors.parse(file(`{"__metadata__":{"a":"${"x\\n".repeat(MANY)}"}}`)), new Map())
  })
})

function entryOf(shape: string): string {
  return `{"w":{"dtype":"F32","shape":${shape},"data_offsets":[0,0]}}`
}

const length = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))
const tensors = Schema.Array(
  Schema.Struct({ name: Schema.String, shape: Schema.Array(length).check(Schema.isMaxLength(4)) }),
).check(Schema.isMaxLength(6))
const dtype = Schema.Literals(["F32", "F16", "BF16"])

/** Small whole numbers, which every format holds exactly. */
const made = (specs: typeof tensors.Type): Safetensors.HostTensors =>
  new Map(
    specs
      .filter(({ name }) => name !== "__metadata__")
      .map(({ name, shape }) => {
        const size = shape.reduce((product, side) => product * side, 1)
        return [name, { shape, data: Float32Array.from({ length: size }, (_, i) => (i % 17) - 8) }]
      }),
  )

const sorted = (read: Safetensors.HostTensors) => [...read].toSorted(([a], [b]) => (a < b ? -1 : 1))

const isWellFormed = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text)) === text

describe("files at random", () => {
  it.prop("read back as they were written", { dtype, tensors }, ({ dtype, tensors }) => {
    const written = made(tensors.filter(({ name }) => isWellFormed(name)))
    const bytes = Safetensors.serialize(written, { format: "pt", __proto__x: "" }, dtype)
    const header = Safetensors.headerLength(bytes.subarray(0, 8), bytes.length)
    assert.strictEqual((8 + header) % 8, 0)
    const numbers = [...written.values()].reduce((sum, { data }) => sum + data.length, 0)
    assert.strictEqual(bytes.length, 8 + header + numbers * Dtype.size(dtype))
    assert.deepStrictEqual(sorted(Safetensors.parse(bytes)), sorted(written))
  })

  it("names that objects have are names", () => {
    const written = new Map(
      ["__proto__", "constructor", "1", "0"].map((name, i) => [name, { shape: [], data: Float32Array.of(i) }] as const),
    )
    assert.deepStrictEqual(sorted(Safetensors.parse(Safetensors.serialize(written))), sorted(written))
  })

  const valid = Safetensors.serialize(
    new Map([
      ["a.weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
      ['quo"ted', { shape: [], data: Float32Array.of(7) }],
    ]),
    { format: "pt" },
  )
  const end = valid.length - 28

  it("a file that ends anywhere is refused", () => {
    for (let cut = 0; cut < valid.length; cut++) assert.isDefined(refusal(valid.slice(0, cut)), `${cut}`)
  })

  it("any byte of the header changed to any other is read or refused, never more", () => {
    let refused = 0
    for (let at = 0; at < end; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = valid.slice()
        changed[at] = byte
        const error = refusal(changed)
        if (error === undefined) {
          const numbers = [...Safetensors.parse(changed).values()].reduce((sum, { data }) => sum + data.length, 0)
          assert.isAtMost(numbers * 2, valid.length)
        } else refused++
      }
    }
    assert.isAbove(refused, 0.8 * 256 * end)
  })
})
