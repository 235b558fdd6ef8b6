/**
 * `seed-grpo`: the commands, and what happens to their errors.
 */
import { readFileSync } from "node:fs"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import { demo } from "./DemoCommand.ts"
import { doctor } from "./DoctorCommand.ts"
import { download } from "./DownloadCommand.ts"
import { entropy } from "./EntropyCommand.ts"
import { evaluation } from "./EvalCommand.ts"
import { native } from "./NativeCommand.ts"
import { report } from "./ReportCommand.ts"
import { train } from "./TrainCommand.ts"
import { verify } from "./VerifyCommand.ts"

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string
}

const seedGrpo = Command.make("seed-grpo").pipe(
  Command.withDescription(
    "Uncertainty-aware reinforcement learning on verifiable reasoning: sample a group of answers per problem, " +
      "cluster them by meaning, and scale what is learned by how much the meanings disagree (SEED-GRPO).",
  ),
  Command.withSubcommands([demo, train, evaluation, entropy, verify, report, download, doctor, native]),
)

/** An explained error is for the person at the terminal: its message, and no stack. */
const explained = (error: unknown): Effect.Effect<void> =>
  error instanceof ExplainedError
    ? Console.error(`seed-grpo: ${error.message}`).pipe(
        Effect.andThen(
          Effect.sync(() => {
            process.exitCode = 1
          }),
        ),
      )
    : Effect.die(error)

Command.run(seedGrpo, { version }).pipe(
  Effect.catchIf((error) => error instanceof ExplainedError, explained),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain,
)
