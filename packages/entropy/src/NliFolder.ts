/**
 * Finds the files of a model of entailment in a folder, laid out as exporters and the Hugging Face Hub do.
 *
 * @since 0.1.0
 */
import { Effect, FileSystem, Path } from "effect"
import { JudgeError } from "./JudgeError.ts"
import type { NliFiles } from "./NliModel.ts"

/** Where exporters put the model. */
const USUAL: ReadonlyArray<string> = ["model.onnx", "onnx/model.onnx"]

const bad = (at: string, expected: string, found: string, fix: string): JudgeError =>
  new JudgeError({ reason: "bad-model", at, expected, found, fix })

/**
 * Reads `config.json`, `tokenizer.json` and, where there is one, `tokenizer_config.json` of a folder. The model itself is
 * given by its path: ONNX Runtime opens it, onnxruntime-node with weights that lie beside it.
 *
 * `onnx` names the model inside the folder, such as `onnx/model_quantized.onnx`; else it is `model.onnx` or
 * `onnx/model.onnx`. Fails with a JudgeError `bad-model` that names what is missing.
 *
 * @since 0.1.0
 * @category readers
 */
export const read = Effect.fn("NliFolder.read")(function* (
  folder: string,
  onnx?: string,
): Effect.fn.Return<NliFiles, JudgeError, FileSystem.FileSystem | Path.Path> {
  const files = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const exists = (name: string) => files.exists(join(folder, name)).pipe(Effect.orElseSucceed(() => false))
  const json = Effect.fnUntraced(function* (name: string) {
    const text = yield* files
      .readFileString(join(folder, name))
      .pipe(
        Effect.mapError((error) => bad(join(folder, name), "a file", String(error), "Complete the model's folder.")),
      )
    return yield* Effect.try({
      try: () => JSON.parse(text) as unknown,
      catch: (cause) => bad(join(folder, name), "JSON", String(cause), "Download it again."),
    })
  })
  const [config, tokenizer] = [yield* json("config.json"), yield* json("tokenizer.json")]
  const tokenizerConfig = (yield* exists("tokenizer_config.json")) ? yield* json("tokenizer_config.json") : undefined
  const wanted = onnx === undefined ? USUAL : [onnx]
  for (const name of wanted) {
    if (yield* exists(name)) return { config, tokenizer, tokenizerConfig, onnx: join(folder, name) }
  }
  return yield* Effect.fail(
    bad(folder, wanted.join(" or "), "no such file", "Export the model with optimum-cli, task text-classification."),
  )
})
