/** The model of `fixtures/tiny-nli`; what is in there is told by its `make.py`. */
import type { Label } from "@seed-grpo/entropy/EntailmentRule"
import type { NliFiles } from "@seed-grpo/entropy/NliModel"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const folder = fileURLToPath(new URL("./fixtures/tiny-nli/", import.meta.url))

export const bytes = (name: string): Uint8Array => readFileSync(`${folder}${name}`)

export const json = (name: string): unknown => JSON.parse(readFileSync(`${folder}${name}`, "utf8"))

export const files: NliFiles = {
  config: json("config.json"),
  tokenizer: json("tokenizer.json"),
  tokenizerConfig: json("tokenizer_config.json"),
  onnx: bytes("model.onnx"),
}

/** What Transformers says of a pair. */
export interface Golden {
  readonly premise: string
  readonly hypothesis: string
  readonly ids: ReadonlyArray<number>
  readonly types: ReadonlyArray<number>
  readonly cut: number
  readonly logits: ReadonlyArray<number>
  readonly probabilities: Readonly<Record<Label, number>>
}

export const golden = json("golden.json") as ReadonlyArray<Golden>

export const pairs = golden.map(({ hypothesis, premise }) => [premise, hypothesis] as const)
