/**
 * Progress of work that takes more than two seconds: one line that is rewritten in a terminal, and a line every tenth of
 * the way elsewhere.
 */
import { isatty } from "node:tty"
import { TerminalView } from "@seed-grpo/report"
import { Clock, Effect } from "effect"

const FIRST_WORD_AFTER = 2

export const progress = (label: string) =>
  Effect.gen(function* () {
    const began = Number(yield* Clock.currentTimeNanos) / 1e9
    let lastTenth = 0
    return (done: number, total: number): Effect.Effect<void> =>
      Effect.gen(function* () {
        const elapsed = Number(yield* Clock.currentTimeNanos) / 1e9 - began
        const left = (elapsed / done) * (total - done)
        const tenth = Math.floor((10 * done) / total)
        const isTerminal = isatty(2)
        if (elapsed < FIRST_WORD_AFTER || (!isTerminal && tenth === lastTenth)) return
        lastTenth = tenth
        const line = `${label} ${done}/${total} · ${TerminalView.duration(left)} left`
        const text = isTerminal ? `\r\u001b[2K${done === total ? "" : line}` : `${line}\n`
        yield* Effect.sync(() => process.stderr.write(text))
      })
  })

/** Colours where a person is watching and has not asked for none. */
export const palette = (): TerminalView.Palette =>
  isatty(1) && process.env["NO_COLOR"] === undefined ? TerminalView.colours : TerminalView.noColours
