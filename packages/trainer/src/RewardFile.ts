/**
 * A reward function in a file of its own, run in a process of its own: one that never ends, that takes all memory or that ends
 * its process costs its own word and nothing else. Node only.
 *
 * The file exports `reward(completion, problem)`, a number for one completion, or `rewards(completions, problem)`, an array of
 * numbers for a group; either may be asynchronous. With `reward` a completion that cannot be scored leaves the others alone.
 *
 * Threads are not enough: a heap that is full, of a thread with a limit of its own too, ends the process with all its threads. The
 * process has no environment variables, nothing of it is printed, it cannot write files or start programs, and it is
 * killed when its parent is gone. It is no jail for an attacker: it can read files and use the network.
 *
 * @since 0.1.0
 */
import { type ChildProcess, fork } from "node:child_process"
import { basename, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { Duration, Effect, Option, Schema, type Scope, Semaphore } from "effect"
import { positive, positiveInteger, withDefault } from "./internal/fields.ts"
import { all, type Judgement, KINDS, of, ofGroup, type UnscorableKind } from "./Judgement.ts"
import type { RewardSource } from "./RewardFunction.ts"
import type { GradedGroup } from "./ScoredGroup.ts"
import type { Call, Reply } from "./sandbox/message.ts"

/**
 * What a reward file is told of a completion.
 *
 * @since 0.1.0
 * @category models
 */
export interface RewardCompletion {
  readonly text: string
  /** How many. */
  readonly tokens: number
  readonly finish: "stop" | "length"
  /** Nothing when no answer could be read. */
  readonly answer: string | null
  /** The verdict. */
  readonly right: boolean
}

/**
 * What a reward file is told of the problem.
 *
 * @since 0.1.0
 * @category models
 */
export interface RewardProblem {
  readonly id: string
  readonly question: string
  readonly golds: ReadonlyArray<string>
  readonly prompt: string
}

/**
 * @since 0.1.0
 * @category schemas
 */
export const RewardFileConfig = Schema.Struct({
  /** A module of JavaScript, or of TypeScript whose types can be stripped. */
  file: Schema.NonEmptyString,
  /** The file's name unless given. */
  name: Schema.optionalKey(Schema.NonEmptyString),
  /** The verdict has 1; below 0 it punishes. */
  weight: withDefault(Schema.Finite, 1),
  /** Milliseconds that one call may take. */
  deadline: withDefault(positive, 1000),
  /** MiB that it may take beside what the process has when it starts. */
  memory: withDefault(positiveInteger, 256),
})

/**
 * Why a reward file cannot be used: seen when a run starts, not at its first completion.
 *
 * @since 0.1.0
 * @category errors
 */
export class RewardFileError extends ExplainedError<"not-loaded" | "no-function"> {
  readonly _tag = "RewardFileError"
}

const CHILD = new URL(import.meta.url.endsWith(".ts") ? "./sandbox/child.ts" : "./sandbox/child.js", import.meta.url)

/** Milliseconds in which a file has to be loaded. */
const LOADING = 20_000

type Options = typeof RewardFileConfig.Type

const start = ({ file, memory }: Options): ChildProcess => {
  const child = fork(fileURLToPath(CHILD), [pathToFileURL(resolve(file)).href, String(memory)], {
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: ["--permission", "--allow-fs-read=*", "--allow-worker"],
  })
  // What is sent to a process that has just died is an error of the channel; its end is told by `exit`.
  child.on("error", () => undefined)
  return child
}

const ended = (code: number | null, signal: string | null): Reply =>
  signal === "SIGABRT"
    ? { type: "died", kind: "memory", detail: "its process was aborted, as it is when its heap is full" }
    : { type: "died", kind: "crashed", detail: `its process ended with ${signal ?? `code ${code}`}` }

/** Waits for the next word of a process; its end is one too. What is not answered when this is interrupted has to be killed. */
const reply = (child: ChildProcess, call?: Call): Effect.Effect<Reply> =>
  Effect.callback((resume) => {
    const settle = (found: Reply) => {
      child.off("message", onMessage)
      child.off("exit", onExit)
      child.off("error", onError)
      resume(Effect.succeed(found))
    }
    const onMessage = (found: unknown) => settle(found as Reply)
    const onExit = (code: number | null, signal: string | null) => settle(ended(code, signal))
    const onError = (error: Error) => settle({ type: "died", kind: "crashed", detail: error.message })
    child.once("message", onMessage)
    child.once("exit", onExit)
    child.once("error", onError)
    if (call !== undefined) child.send(call)
    if (child.exitCode !== null || child.signalCode !== null) settle(ended(child.exitCode, child.signalCode))
    return Effect.sync(() => {
      child.off("message", onMessage)
      child.off("exit", onExit)
      child.off("error", onError)
    })
  })

const died = (kind: UnscorableKind, detail: string) => ({ type: "died", kind, detail }) as const

/** The next word of a process, or that it was late; after anything but a word that was asked for the process is gone. */
const asked = (child: ChildProcess, milliseconds: number, call?: Call) =>
  reply(child, call).pipe(
    Effect.timeoutOption(Duration.millis(milliseconds)),
    Effect.map(Option.getOrElse(() => died("late", `no reward within ${milliseconds} ms`))),
    Effect.tap((found) =>
      Effect.sync(() => {
        if (found.type === "died" || found.type === "refused") child.kill("SIGKILL")
      }),
    ),
    Effect.onInterrupt(() => Effect.sync(() => child.kill("SIGKILL"))),
  )

/** Judgements from a process that runs code of others: only what has their form is believed. */
const believed = (values: unknown, size: number): ReadonlyArray<Judgement> => {
  if (!Array.isArray(values) || values.length !== size) return ofGroup(values, size)
  return values.map((value: unknown): Judgement => {
    const { detail, kind } = Object(value) as { readonly kind?: unknown; readonly detail?: unknown }
    const found = KINDS.find((one) => one === kind)
    return found === undefined ? of(value) : { kind: found, detail: String(detail).slice(0, 200) }
  })
}

/**
 * Starts the process of a reward file, and gives the function. The process ends with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fn("RewardFile.make")(function* (
  options: Options,
): Effect.fn.Return<RewardSource, RewardFileError, Scope.Scope> {
  const { deadline, file, weight } = options
  const name = options.name ?? basename(file)
  let child: ChildProcess | undefined
  yield* Effect.addFinalizer(() => Effect.sync(() => child?.kill("SIGKILL")))

  const load = Effect.suspend(() => {
    const started = start(options)
    child = started
    return asked(started, LOADING)
  })
  const refused = (reason: "not-loaded" | "no-function", found: string) =>
    new RewardFileError({
      reason,
      at: `reward file ${file}`,
      expected: "a module that exports reward(completion, problem), or rewards(completions, problem)",
      found,
      fix: "Correct the file, or its path in reward.functions.",
    })
  const first = yield* load
  if (first.type === "refused") return yield* Effect.fail(refused("no-function", first.detail))
  if (first.type !== "ready") return yield* Effect.fail(refused("not-loaded", first.type === "died" ? first.detail : first.type))

  const running = Effect.suspend(() =>
    child !== undefined && child.exitCode === null && child.signalCode === null && child.connected && !child.killed
      ? Effect.succeed(first)
      : load,
  )
  const ask = Effect.fnUntraced(function* (call: Call) {
    const size = call.completions.length
    const ready = yield* running
    if (ready.type !== "ready") {
      return all(size, { kind: "crashed", detail: "the file could not be loaded again" })
    }
    const found = yield* asked(child!, deadline, call)
    if (found.type === "died") return all(size, { kind: found.kind, detail: found.detail })
    if (found.type !== "judged") return all(size, { kind: "crashed", detail: "it answered something else" })
    return believed(found.judgements, size)
  })

  const one = yield* Semaphore.make(1)
  const judge = Effect.fnUntraced(function* ({ grades, group }: GradedGroup) {
    const { golds, id, question } = group.problem
    const problem: RewardProblem = { id, question, golds, prompt: group.prompt }
    const completions = group.completions.map(({ finish, text, tokens }, sample) => ({
      text,
      tokens: tokens.length,
      finish,
      answer: grades[sample]!.extracted?.answer ?? null,
      right: grades[sample]!.correct,
    }))
    if (first.per === "group") return yield* ask({ completions, problem })
    return (yield* Effect.forEach(completions, (completion) => ask({ completions: [completion], problem }))).flat()
  })
  return { name, weight, judge: (graded) => one.withPermits(1)(judge(graded)) }
})
