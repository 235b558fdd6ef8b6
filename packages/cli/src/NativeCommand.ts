/**
 * `seed-grpo native install`
 */
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { installedPackages, PACKAGES } from "@seed-grpo/runtime/TensorFlowBackend"
import { installByDownload, installFromWheel, probe } from "./NativeInstall.ts"
import { UsageError } from "./UsageError.ts"

const install = Command.make(
  "install",
  {
    from: Flag.Literals("from", ["auto", "wheel", "download"]).pipe(
      Flag.withDescription(
        "wheel: build against the TensorFlow library of a Python wheel (newest TensorFlow; needs pip and a C++ compiler). " +
          "download: the package's own installer (TensorFlow 2.9, from Google's storage). auto: the first, then the second",
      ),
      Flag.withDefault("auto" as const),
    ),
    wheel: Flag.String("wheel").pipe(
      Flag.withDescription("Which wheel: a name for pip, or a .whl file"),
      Flag.withDefault("tensorflow-cpu"),
    ),
    package: Flag.Literals("package", PACKAGES).pipe(
      Flag.withDescription("Which of the two npm packages to provide it for; the first that is installed"),
      Flag.optional,
    ),
    force: Flag.Boolean("force").pipe(
      Flag.withDescription("Install again where it already works"),
      Flag.withDefault(false),
    ),
  },
  Effect.fn(function* ({ force, from, package: chosenPackage, wheel }) {
    const wanted = Option.match(chosenPackage, { onNone: () => PACKAGES, onSome: (name) => [name] })
    const target = installedPackages().find(({ name }) => wanted.includes(name))
    if (target === undefined) {
      return yield* Effect.fail(
        new UsageError({
          reason: "command-failed",
          at: "seed-grpo native install",
          expected: wanted.join(" or "),
          found: wanted.length === 1 ? "it is not installed" : "neither is installed",
          fix: `Run \`npm install --ignore-scripts ${wanted[0]}\` first.`,
        }),
      )
    }
    if (target.built && !force) {
      const version = yield* Effect.option(probe(target.folder))
      if (Option.isSome(version)) return yield* Console.log(`${target.name} works already: TensorFlow ${version.value}`)
      yield* Console.log(`${target.name} is there and does not load; installing it again.`)
    }
    const byWheel = installFromWheel(target.folder, wheel)
    const byDownload = installByDownload(target.folder)
    const chosen = {
      wheel: byWheel,
      download: byDownload,
      auto: byWheel.pipe(
        Effect.catch((error) =>
          Console.error(`${error.message}\nTrying the package's own installer.`).pipe(Effect.andThen(byDownload)),
        ),
      ),
    }[from]
    yield* chosen
    yield* Console.log(`${target.name} works: TensorFlow ${yield* probe(target.folder)}`)
  }),
).pipe(
  Command.withDescription(
    "Provide the native part of TensorFlow.js for Node: libtensorflow and the addon that loads it.",
  ),
  Command.withShortDescription("Install native TensorFlow"),
)

export const native = Command.make("native").pipe(
  Command.withDescription("Native TensorFlow for the tensorflow back-end."),
  Command.withShortDescription("Native TensorFlow"),
  Command.withSubcommands([install]),
)
