/**
 * Programs while they are compiled, which blocks the process: a line in a terminal, gone when the program is there, and one
 * that stays for each that took more than two seconds.
 */
import { isatty } from "node:tty"
import type { Compile, Program } from "@seed-grpo/compile"
import { Flag } from "effect/cli"

export const verboseFlag = Flag.Boolean("verbose").pipe(
  Flag.withDescription("Say at the end what was compiled, and what it took"),
  Flag.withDefault(false),
)

/** Where the lines go. */
export interface Out {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
}

export const toStandardError: Out = {
  write: (text) => {
    process.stderr.write(text)
  },
  isTerminal: isatty(2),
}

const LONG = 2000

/** The rows and columns of a decoder's batch, by the shape of its attention mask `[B, 1, T, S]`. */
const sizes = (signature: string): string => {
  const [, rows, columns] = /float32\[(\d+),1,(\d+),\d+\]/.exec(signature) ?? []
  return rows === undefined ? "" : ` ${rows} × ${columns}`
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

const took = ({ compileMs, traceMs }: Program.Explanation): number => traceMs + compileMs

export interface CompileProgress {
  readonly onCompile: NonNullable<Compile.Options["onCompile"]>
  /** What was compiled so far, and what it took. */
  readonly table: () => string
}

export const make = ({ isTerminal, write }: Out): CompileProgress => {
  const programs: Array<Program.Explanation> = []
  return {
    onCompile: ({ name, signature }) => {
      const label = `${name}${sizes(signature)}`
      if (isTerminal) write(`compiling: ${label} …`)
      return (made) => {
        if (isTerminal) write("\r\u001b[2K")
        if (made === undefined) return
        programs.push(made)
        if (took(made) >= LONG) write(`compiled: ${label}, ${seconds(took(made))}\n`)
      }
    },
    table: () =>
      [
        `${programs.length} programs compiled in ${seconds(programs.reduce((sum, one) => sum + took(one), 0))}`,
        ...programs.map(
          (one) =>
            `  ${one.name}${sizes(one.signature)} on ${one.rung}: traced ${seconds(one.traceMs)}, compiled ` +
            `${seconds(one.compileMs)}, ${one.nodes} operations, ${(one.flops / 1e9).toFixed(2)} GFLOP` +
            one.because.map((reason) => `\n    ${reason}`).join(""),
        ),
      ].join("\n"),
  }
}
