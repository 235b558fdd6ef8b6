/**
 * `seed-grpo doctor`
 */
import { cpus, totalmem } from "node:os"
import { Backend } from "@seed-grpo/runtime"
import * as MatrixSpeed from "@seed-grpo/runtime/MatrixSpeed"
import { installedPackages } from "@seed-grpo/runtime/TensorFlowBackend"
import { Console, Effect, Result } from "effect"
import { Command } from "effect/cli"
import { backends } from "./BackendChoice.ts"
import { palette } from "./Progress.ts"
import { examineTraining, trainingFlags } from "./TrainingDoctorCommand.ts"

export const doctor = Command.make(
  "doctor",
  trainingFlags,
  Effect.fn(function* (options) {
    if (options.training) return yield* examineTraining(options)
    const { bad, dim, good } = palette()
    yield* Console.log(
      `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, ` +
        `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    )
    for (const [name, layer] of backends) {
      const probe = Effect.gen(function* () {
        const { description } = yield* Backend.Backend
        const speed = yield* Effect.promise(() => MatrixSpeed.gigaflops(name === "cpu" ? 64 : 512))
        return { description, speed }
      })
      const result = yield* Effect.result(probe.pipe(Effect.provide(layer)))
      yield* Console.log(
        Result.isSuccess(result)
          ? `${good("✓")} ${name.padEnd(10)} ${result.success.description} ${dim(`${result.success.speed.toPrecision(3)} GFLOP/s in matrix products`)}`
          : `${bad("✗")} ${name.padEnd(10)} ${result.failure.found}. ${result.failure.fix}`,
      )
      if (name !== "tensorflow") continue
      const used = Result.isSuccess(result) ? result.success.description : ""
      for (const { built, name: other } of installedPackages().filter((one) => !used.endsWith(` ${one.name}`))) {
        yield* Console.log(dim(`  ${other} is installed too${built ? "" : ", without its native part"}`))
      }
    }
  }),
).pipe(
  Command.withDescription(
    "Say which back-ends work on this machine and how fast they multiply matrices, and for those that do not work why " +
      "not, and the command that helps.\n\n" +
      "With --training, say whether training does what it should with your model on a back-end, by what has to come out " +
      "whatever the model is: ten steps with a learning rate of 0 leave every weight the same bits, with an importance ratio " +
      "of 1, a KL of 0 and a finite loss; decoding token by token gives the log-probabilities of the training pass; a batch " +
      "in eight parts has the gradient of the whole; a run that is saved and resumed is one that was not stopped. Each check " +
      "says what was measured, what it means, and when it fails what to do. With --endpoint, completions of a server that is to " +
      "sample for training are scored too: it must say its token ids, as vLLM does, and log-probabilities that are the model's. " +
      "Run it once for a new model, back-end, server or version.",
  ),
  Command.withShortDescription("What works on this machine, and can training be trusted?"),
  Command.withExamples([
    { command: "seed-grpo doctor", description: "Which back-ends work here" },
    {
      command: "seed-grpo doctor --training --model Qwen/Qwen2.5-0.5B --template qwen_math",
      description: "Whether this model is trained as it should be",
    },
    {
      command: "seed-grpo doctor --training --model ./policy --backend wasm --max-tokens 64",
      description: "The same for a folder, on one back-end, with longer completions",
    },
    {
      command: "seed-grpo doctor --training --model ./policy --endpoint http://127.0.0.1:8000/v1 --served-model policy",
      description: "The same, and whether a server samples from the model that is trained",
    },
  ]),
)
