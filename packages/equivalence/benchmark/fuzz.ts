/**
 * Throws generated and damaged inputs at the package, and checks what must always hold:
 *
 *     node benchmark/fuzz.ts --inputs 100000 [--seed 1] [--corpus CORPUS.jsonl]
 *         [--from 0] [--examples 5] [--length 200]
 *
 * No call may throw or take longer than 50 ms; verdicts must be symmetric, reflexive and repeatable; answers with one
 * key must be equivalent; clusters must not depend on the order. Each input has its number: `--inputs 1 --from NUMBER`
 * runs it alone. A worker does the work, so that an input that hangs is told, ended and passed over. The exit status
 * says whether all held.
 */
import { parseArgs } from "node:util"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { readCorpus } from "./corpus.ts"
import { checker } from "./fuzzChecks.ts"
import { fuzzInput, type Input } from "./fuzzInputs.ts"
import { random } from "./random.ts"
import { cut } from "./statistics.ts"

/** Milliseconds after which a call hangs. */
const HANGS = 20_000

interface Job {
  readonly seed: number
  readonly from: number
  readonly until: number
  readonly corpus: string | undefined
  /** The number of the input, and of calls so far. */
  readonly progress: Int32Array
}
interface Slow {
  readonly index: number
  readonly name: string
  readonly milliseconds: number
  readonly detail: string
}
type Message =
  | { readonly type: "violation"; readonly index: number; readonly kind: string; readonly detail: string }
  | {
      readonly type: "done"
      readonly calls: number
      readonly milliseconds: number
      readonly slowest: ReadonlyArray<Slow>
    }

const answersOf = (corpus: string | undefined): ReadonlyArray<string> =>
  corpus === undefined
    ? ["\\frac{1}{2}", "(1, 2)", "x^2 + 1 = 0", "\\text{yes}"]
    : readCorpus(corpus)
        .flatMap(({ answer, gold }) => [gold, answer])
        .filter((text) => text.length < 4000)

const inputAt = (seed: number, index: number, answers: ReadonlyArray<string>): Input =>
  fuzzInput(random(Math.imul(seed, 0x01000193) + index), answers)

const work = ({ corpus, from, progress, seed, until }: Job): void => {
  const answers = answersOf(corpus)
  const post = parentPort!.postMessage.bind(parentPort) as (message: Message) => void
  let [index, calls, milliseconds] = [from, 0, 0]
  let slowest: ReadonlyArray<Slow> = []
  const check = checker({
    begins: () => Atomics.add(progress, 1, 1),
    violation: (kind, detail) => post({ type: "violation", index, kind, detail }),
    call: (name, spent, detail) => {
      calls += 1
      milliseconds += spent
      if (slowest.length >= 10 && spent <= slowest.at(-1)!.milliseconds) return
      slowest = [...slowest, { index, name, milliseconds: spent, detail: cut(detail) }]
        .toSorted((a, b) => b.milliseconds - a.milliseconds)
        .slice(0, 10)
    },
  })
  for (; index < until; index++) {
    Atomics.store(progress, 0, index)
    check(inputAt(seed, index, answers))
    if (index % 1000 === 999) {
      post({ type: "done", calls, milliseconds, slowest })
      ;[calls, milliseconds, slowest] = [0, 0, []]
    }
  }
  post({ type: "done", calls, milliseconds, slowest })
}

const main = async (): Promise<void> => {
  const { values: flags } = parseArgs({
    options: {
      inputs: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      corpus: { type: "string" },
      examples: { type: "string", default: "5" },
      length: { type: "string", default: "200" },
    },
  })
  const [seed, length, examples] = [Number(flags.seed), Number(flags.length), Number(flags.examples)]
  const until = Number(flags.from) + Number(flags.inputs)
  const answers = answersOf(flags.corpus)
  const progress = new Int32Array(new SharedArrayBuffer(8))
  const violations = new Map<string, Array<{ readonly index: number; readonly detail: string }>>()
  const record = (kind: string, index: number, detail: string) => {
    const known = violations.get(kind) ?? []
    known.push({ index, detail: known.length < examples ? cut(detail, length) : "" })
    violations.set(kind, known)
  }
  let [calls, milliseconds] = [0, 0]
  let slowest: ReadonlyArray<Slow> = []

  /** Runs a worker to the end, or to the input that stops it, and says where to go on. */
  const run = (from: number): Promise<number> =>
    new Promise((resolve) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { seed, from, until, corpus: flags.corpus, progress } satisfies Job,
      })
      const stopped = (kind: string) => {
        clearInterval(watch)
        const index = Atomics.load(progress, 0)
        const { answer, other } = inputAt(seed, index, answers)
        record(kind, index, `${answer}  ~~~  ${other}`)
        void worker.terminate().then(() => resolve(index + 1))
      }
      let [seen, since, told] = [-1, Date.now(), Date.now()]
      const watch = setInterval(() => {
        const [now, begun] = [Atomics.load(progress, 0), Atomics.load(progress, 1)]
        if (Date.now() - told > 60_000) {
          told = Date.now()
          console.error(`at ${now} of ${until}, ${violations.size} kinds of violations`)
        }
        if (begun !== seen) [seen, since] = [begun, Date.now()]
        else if (Date.now() - since > HANGS) stopped(`no answer in ${HANGS / 1000} s`)
      }, 1000)
      worker.on("message", (message: Message) => {
        if (message.type === "violation") return record(message.kind, message.index, message.detail)
        calls += message.calls
        milliseconds += message.milliseconds
        slowest = [...slowest, ...message.slowest].toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 10)
      })
      worker.on("error", (error: Error) => stopped(`the worker ends: ${error.message.slice(0, 80)}`))
      worker.on("exit", () => {
        clearInterval(watch)
        if (Atomics.load(progress, 0) === until - 1) resolve(until)
      })
    })

  const started = Date.now()
  for (let at = Number(flags.from); at < until;) at = await run(at)
  console.log(
    `${flags.inputs} inputs, seed ${seed}: ${calls} calls in ${((Date.now() - started) / 1000).toFixed(0)} s, ` +
      `${(milliseconds / calls).toFixed(3)} ms a call\nslowest calls (best of three where over the limit):`,
  )
  for (const { detail, index, milliseconds, name } of slowest)
    console.log(`  ${milliseconds.toFixed(1)} ms ${name} ${index}: ${detail}`)
  for (const [kind, found] of violations) {
    console.log(`violated: ${kind}: ${found.length}`)
    for (const { detail, index } of found.slice(0, examples)) console.log(`  ${index}: ${detail}`)
  }
  console.log(`violations: ${[...violations.values()].reduce((sum, found) => sum + found.length, 0)}`)
  process.exitCode = violations.size === 0 ? 0 : 1
}

if (isMainThread) await main()
else work(workerData as Job)
