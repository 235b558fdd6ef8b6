/**
 * Golden vectors of Hugging Face's `tokenizers` (Rust), and the speed of ours. A folder has `tokenizer.json`,
 * `golden_encode.jsonl` and `golden_decode.jsonl`.
 *
 *     node packages/runtime/benchmark/tokenizerVectors.ts FOLDER...
 */
import { readFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { TextStream, Tokenizer } from "@seed-grpo/runtime"

interface Decoded {
  readonly ids: ReadonlyArray<number>
  readonly decoded: string
  readonly decoded_skip_special: string
}

interface Encoded extends Decoded {
  readonly text: string
  readonly ids_no_special: ReadonlyArray<number>
}

const rows = (file: string): ReadonlyArray<unknown> =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown)

const perSecond = (count: number, run: () => void): string => {
  const begin = performance.now()
  run()
  return `${Math.round((count / (performance.now() - begin)) * 1000)}/s`
}

const streamed = (tokenizer: Tokenizer.Tokenizer, ids: ReadonlyArray<number>): string => {
  const stream = TextStream.make(tokenizer)
  return ids.map((id) => stream.push(id)).join("") + stream.flush()
}

let wrong = 0
for (const folder of process.argv.slice(2)) {
  const tokenizer = Tokenizer.fromJson(JSON.parse(readFileSync(`${folder}/tokenizer.json`, "utf8")))
  const encoded = rows(`${folder}/golden_encode.jsonl`) as ReadonlyArray<Encoded>
  // What an encoding decodes to is given for its ids without special tokens.
  const decoded = [
    ...encoded.map((row) => ({ ...row, ids: row.ids_no_special })),
    ...(rows(`${folder}/golden_decode.jsonl`) as ReadonlyArray<Decoded>),
  ]
  const checks = {
    encode: encoded.map(({ ids, text }) => isDeepStrictEqual([...tokenizer.encode(text)], ids)),
    "encode without special tokens": encoded.map(({ ids_no_special, text }) =>
      isDeepStrictEqual([...tokenizer.encode(text, { specialTokens: false })], ids_no_special),
    ),
    decode: decoded.map((row) => tokenizer.decode(row.ids) === row.decoded_skip_special),
    "decode with special tokens": decoded.map(
      (row) => tokenizer.decode(row.ids, { specialTokens: true }) === row.decoded,
    ),
    stream: decoded.map((row) => streamed(tokenizer, row.ids) === row.decoded_skip_special),
  }
  console.log(folder)
  for (const [name, results] of Object.entries(checks)) {
    const right = results.filter(Boolean).length
    wrong += results.length - right
    console.log(`  ${name}: ${right} of ${results.length}`)
  }
  const text = encoded
    .map((row) => row.text)
    .join("\n")
    .repeat(20)
  const ids = [...tokenizer.encode(text)]
  console.log(`  encode: ${perSecond(ids.length, () => void tokenizer.encode(text))} tokens`)
  console.log(`  decode: ${perSecond(ids.length, () => void tokenizer.decode(ids))} tokens`)
  console.log(`  stream: ${perSecond(ids.length, () => void streamed(tokenizer, ids))} tokens`)
}
process.exitCode = wrong === 0 ? 0 : 1
