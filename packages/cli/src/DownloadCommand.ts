/**
 * `seed-grpo download`
 */
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { modelPlace } from "./ModelPlace.ts"

export const download = Command.make(
  "download",
  { model: Argument.String("model").pipe(Argument.withDescription("org/name or org/name@revision")) },
  ({ model }) => Effect.flatMap(modelPlace(model), Console.log),
).pipe(
  Command.withDescription(
    "Download a model from the Hugging Face hub into the cache that all its tools share, and print its folder. A download " +
      "that was cut off is gone on with; every file is checked against its hash. HF_TOKEN, HF_HOME, HF_HUB_CACHE, " +
      "HF_ENDPOINT and HF_HUB_OFFLINE are respected.",
  ),
  Command.withShortDescription("Download a model from the Hugging Face hub"),
  Command.withExamples([
    { command: "seed-grpo download Qwen/Qwen2.5-0.5B-Instruct", description: "Its newest version" },
    { command: "seed-grpo download org/name@v1", description: "A branch, a tag or a commit" },
  ]),
)
