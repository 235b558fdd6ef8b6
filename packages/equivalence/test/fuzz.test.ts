/**
 * A short run of `benchmark/fuzz.ts`: generated and damaged inputs, the same ones every time.
 */
import { assert, describe, it } from "@effect/vitest"
import { readCorpus } from "../benchmark/corpus.ts"
import { checker } from "../benchmark/fuzzChecks.ts"
import { fuzzInput } from "../benchmark/fuzzInputs.ts"
import { random } from "../benchmark/random.ts"

const answers = readCorpus(new URL("corpus.jsonl", import.meta.url).pathname)
  .flatMap(({ answer, gold }) => [gold, answer])
  .filter((text) => text.length < 4000)

describe("whatever comes in", () => {
  it.each([1, 2, 3, 4])("no call throws, and verdicts keep their promises (seed %i)", (seed) => {
    const violations: Array<string> = []
    const check = checker({
      begins: () => {},
      // How long a call takes is for the benchmark to say.
      violation: (kind, detail) => kind.endsWith("is slow") || violations.push(`${kind}: ${detail.slice(0, 300)}`),
      call: () => {},
    })
    for (let index = 0; index < 400; index++) check(fuzzInput(random(Math.imul(seed, 0x01000193) + index), answers))
    assert.deepStrictEqual(violations, [])
  })
})
