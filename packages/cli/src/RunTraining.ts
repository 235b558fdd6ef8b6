/**
 * A training run from its folder to its report.
 */
import { basename } from "node:path"
import { cpus, totalmem } from "node:os"
import type { EvaluationRecord, RunEvent } from "@seed-grpo/core"
import { ClusterView, HtmlReport, RunFiles, TerminalView } from "@seed-grpo/report"
import { Backend, Compilation, Policy } from "@seed-grpo/runtime"
import { BatchPlan, Checkpoint, Pipeline, RunConfig, RunFolder, Trainer } from "@seed-grpo/trainer"
import { Console, DateTime, Effect, Layer } from "effect"
import { type BackendChoice, backendLayer } from "./BackendChoice.ts"
import * as CompileProgress from "./CompileProgress.ts"
import { palette } from "./Progress.ts"
import { planOf, sizeOf } from "./RunPlan.ts"

export interface RunTrainingOptions {
  readonly config: RunConfig.RunConfig
  readonly folder: string
  readonly backend: BackendChoice
  /** Steps between two groups shown as their meanings; 0 for none. */
  readonly show: number
  /** Whether to say at the end what was compiled. */
  readonly verbose: boolean
}

/** What a run is made on. Nothing of the process's environment variables: they hold secrets. */
const session = Effect.fnUntraced(function* (fromStep: number) {
  const now = yield* DateTime.now
  const { description } = yield* Backend.Backend
  return {
    started: DateTime.formatIso(now),
    fromStep,
    backend: description,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
  }
})

/** Tells the person at the terminal what happens. */
const narrate = (options: RunTrainingOptions) => {
  const colours = palette()
  let heldOut: EvaluationRecord | undefined
  return (event: RunEvent): Effect.Effect<void> => {
    switch (event.type) {
      case "started":
        return Console.log(event.title)
      case "step": {
        const line = TerminalView.stepLine(
          event.record,
          event.timing,
          { steps: options.config.steps, heldOut },
          colours,
        )
        const due = options.show > 0 && (event.record.step === 1 || event.record.step % options.show === 0)
        const group = due ? TerminalView.mostTelling(ClusterView.groupsOf(event.completions)) : undefined
        return Console.log([line, ...(group === undefined ? [] : TerminalView.groupLines(group, colours))].join("\n"))
      }
      case "evaluation":
        heldOut = event.record
        return Console.log(TerminalView.evaluationLine(event.record, colours))
      case "checkpoint":
        return Effect.void
      case "notice":
        return Console.error(`${event.level}: ${event.text}`)
    }
  }
}

/**
 * The first Ctrl-C says that the run is being saved; the second does not wait for it. Effect itself interrupts the run.
 */
const sayWhatInterruptDoes = Effect.acquireRelease(
  Effect.sync(() => {
    let asked = false
    const onInterrupt = () => {
      if (asked) process.exit(130)
      asked = true
      process.stderr.write("\nStopping: the last complete step is being saved. Ctrl-C again to stop without saving.\n")
    }
    process.prependListener("SIGINT", onInterrupt)
    return onInterrupt
  }),
  (onInterrupt) => Effect.sync(() => process.removeListener("SIGINT", onInterrupt)),
)

/**
 * Trains in a folder that this process holds, from the newest intact checkpoint in it, and writes the report.
 */
const trainIn = Effect.fn("trainIn")(function* (options: RunTrainingOptions) {
  const { config, folder } = options
  const { passedOver, restored } = yield* Checkpoint.newest(folder)
  for (const error of passedOver) yield* Console.error(`warning: ${error.message}`)
  const { heldOut, rejected, train } = yield* Pipeline.problems(config)
  for (const { file, line, reason } of rejected.slice(0, 10)) {
    yield* Console.error(`warning: ${file} line ${line} set aside: ${reason}`)
  }
  if (rejected.length > 10) yield* Console.error(`warning: and ${rejected.length - 10} more lines`)
  const append = yield* RunFiles.open(folder, restored?.cursor ?? { step: 0, records: 0, completions: 0 })
  const tell = narrate(options)
  const compiling = CompileProgress.make(CompileProgress.toStandardError)
  yield* sayWhatInterruptDoes
  const resumed = `--resume ${folder}`

  yield* Effect.gen(function* () {
    const { description } = yield* Backend.Backend
    const policy = yield* Policy.Policy
    const { config: model, notices } = policy
    for (const notice of notices) yield* Console.error(`notice: ${notice}`)
    yield* RunFolder.addSession(folder, yield* session(restored?.cursor.step ?? 0))
    yield* tell({
      type: "started",
      step: restored?.cursor.step ?? 0,
      steps: config.steps,
      title:
        `${config.advantage.method} on ${train.length} problems, ${heldOut.length} held out · policy of ` +
        `${sizeOf(model)} on ${description} · ${folder}` +
        (restored === undefined ? "" : ` · resumed after step ${restored.cursor.step}`),
    })
    const planned = planOf(config, policy, train)
    if (planned !== undefined) {
      yield* Console.log([BatchPlan.line(planned.plan), ...planned.plan.notes].join("\n"))
    }
    yield* Trainer.train({
      config,
      folder,
      train,
      heldOut,
      restored,
      past: yield* RunFiles.readSteps(folder),
      // Files first: what a person has read is on the disk.
      onEvent: (event) => Effect.andThen(append(event), tell(event)),
    })
  }).pipe(
    Effect.provide(
      Pipeline.layer(
        config,
        restored?.modelFolder ?? config.model,
        restored === undefined ? undefined : config.model,
      ).pipe(
        Layer.provideMerge(backendLayer(options.backend)),
        Layer.provide(Layer.succeed(Compilation.Compilation, { enabled: true, onCompile: compiling.onCompile })),
      ),
    ),
    Effect.onInterrupt(() => Console.error(`Saved. Go on with: seed-grpo train ${resumed}`)),
  )

  const report = yield* HtmlReport.write(folder, `SEED-GRPO run ${basename(folder)}`)
  if (options.verbose) yield* Console.log(compiling.table())
  yield* Console.log(`Done. Report: ${report}`)
})

/** Starts a new run. */
export const startRun = Effect.fn("startRun")(function* (options: RunTrainingOptions) {
  yield* RunFolder.create(options.folder, options.config)
  yield* trainIn(options)
}, Effect.scoped)

/** Goes on with an earlier run, with the configuration that it was started with. */
export const resumeRun = Effect.fn("resumeRun")(function* (options: Omit<RunTrainingOptions, "config">) {
  const text = yield* RunFolder.open(options.folder)
  const config = yield* RunConfig.parseText(text, `${options.folder}/config.json`)
  yield* trainIn({ ...options, config })
}, Effect.scoped)
