/** Rows that go on keep their order and their caches; others are left behind once they are half of all. */
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { assert, beforeAll, describe, it } from "vitest"
import type { Row } from "../src/internal/generationRows.ts"
import { keep, shrunk } from "../src/internal/slots.ts"

const row = (index: number, isGoing: boolean): Row => ({
  index,
  prompt: Int32Array.of(1),
  limit: 10,
  tokens: [],
  seen: new Set(),
  drawn: [],
  finish: isGoing ? undefined : "stop",
})

beforeAll(() => tf.setBackend("cpu"))

describe("shrunk", () => {
  it("keeps all until half of them are not needed", () => {
    const going = (count: number) => shrunk(Array.from({ length: 40 }, (_, i) => row(i, i % 40 < count)))
    assert.isUndefined(going(40))
    assert.isUndefined(going(17))
    assert.strictEqual(going(16)!.slots.length, 16)
    assert.strictEqual(going(9)!.slots.length, 16)
    assert.strictEqual(going(1)!.slots.length, 8)
  })

  it("is never below eight", () => {
    assert.isUndefined(shrunk(Array.from({ length: 15 }, (_, i) => row(i, i === 3))))
  })

  it("keeps the order, and fills up behind it", () => {
    const slots = Array.from({ length: 32 }, (_, i) => (i > 29 ? undefined : row(i, i % 3 === 2)))
    const { places, slots: left } = shrunk(slots)!
    assert.deepStrictEqual(
      left.map((one) => one?.index),
      [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, ...Array.from({ length: 6 }, () => undefined)],
    )
    assert.deepStrictEqual(places, [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 29, 29, 29, 29, 29, 29])
  })
})

describe("keep", () => {
  const cacheOf = (rows: ReadonlyArray<number>, layers: number) =>
    Array.from({ length: layers }, (_, layer) => ({
      keys: tf.tensor4d(
        rows.flatMap((one) => [one, layer]),
        [rows.length, 1, 1, 2],
      ),
      values: tf.tensor4d(
        rows.flatMap((one) => [-one, layer]),
        [rows.length, 1, 1, 2],
      ),
    }))
  for (const [from, into] of [
    [1, 1],
    [2, 1],
    [4, 2],
    [2, 4],
  ] as const) {
    it(`takes rows of ${from} lanes into ${into}, and frees what it was given`, () => {
      const before = tf.memory().numTensors
      const lanes = Array.from({ length: from }, (_, lane) =>
        cacheOf(
          Array.from({ length: 8 / from }, (__, i) => (lane * 8) / from + i),
          2,
        ),
      )
      const kept = keep(lanes, [1, 3, 6, 6], into)
      assert.strictEqual(kept.length, into)
      for (const [layer, which, sign] of [
        [0, "keys", 1],
        [1, "values", -1],
      ] as const) {
        const numbers = kept.flatMap((cache) => [...cache[layer]![which].dataSync()])
        assert.deepStrictEqual(
          numbers,
          [1, 3, 6, 6].flatMap((one) => [sign * one, layer]),
        )
      }
      for (const cache of kept) for (const { keys, values } of cache) tf.dispose([keys, values])
      assert.strictEqual(tf.memory().numTensors, before)
    })
  }
})
