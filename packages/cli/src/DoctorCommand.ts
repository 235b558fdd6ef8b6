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

export const doctor = Command.make(
  "doctor",
  {},
  Effect.fn(function* () {
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
      "not, and the command that helps.",
  ),
  Command.withShortDescription("What works on this machine?"),
)
