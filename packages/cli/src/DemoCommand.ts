/**
 * `seed-grpo demo`
 */
import { fileURLToPath } from "node:url"
import { Effect, FileSystem, Option, Path } from "effect"
import { Command, Flag } from "effect/cli"
import { backendFlag } from "./BackendChoice.ts"
import { verboseFlag } from "./CompileProgress.ts"
import { startRun } from "./RunTraining.ts"
import { configure, shared, sharedChanges } from "./TrainCommand.ts"

/** The first of `runs/demo`, `runs/demo-2`, … that is free. */
const freeFolder = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  for (let number = 1; ; number++) {
    const folder = number === 1 ? "runs/demo" : `runs/demo-${number}`
    if (!(yield* fs.exists(folder).pipe(Effect.orDie))) return folder
  }
})

export const demo = Command.make(
  "demo",
  {
    ...shared,
    out: Flag.Directory("out").pipe(Flag.withDescription("Folder of the run; runs/demo by default"), Flag.optional),
    backend: backendFlag,
    seed: Flag.Int("seed").pipe(Flag.withDescription("Of all randomness"), Flag.withDefault(0)),
    show: Flag.Int("show").pipe(
      Flag.withDescription("Print a group as its meanings every so many steps; 0 for never"),
      Flag.withDefault(10),
    ),
    verbose: verboseFlag,
  },
  Effect.fn(function* ({ backend, out, seed, show, verbose, ...changes }) {
    const path = yield* Path.Path
    const config = yield* configure({
      file: Option.some(fileURLToPath(new URL("../demo/config.json", import.meta.url))),
      changes: { seed, ...sharedChanges(changes) },
    })
    const folder = Option.isSome(out) ? out.value : yield* freeFolder
    yield* startRun({ config, folder: path.resolve(folder), backend, show, verbose })
  }),
).pipe(
  Command.withDescription(
    "Train the policy that comes with seed-grpo: a small decoder that does arithmetic like a class of students who know " +
      "the answers, spell them in many ways, and make mistakes. Takes one to two minutes on two cores, and shows how the " +
      "meanings of its answers come to agree.",
  ),
  Command.withShortDescription("See SEED-GRPO train a small policy, in minutes"),
)
