/**
 * Figures that the benchmarks print.
 */

export interface Timing {
  readonly perSecond: number
  readonly median: number
  readonly mean: number
  readonly p99: number
  readonly max: number
}

/** What a list of durations in milliseconds comes to. */
export const timing = (milliseconds: ReadonlyArray<number>): Timing => {
  const sorted = milliseconds.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length
  return { perSecond: 1000 / mean, median: at(0.5), mean, p99: at(0.99), max: at(1) }
}

export const formatTiming = ({ max, mean, median, p99, perSecond }: Timing): string =>
  `${perSecond.toFixed(0)} a second; ms: median ${median.toFixed(3)}, mean ${mean.toFixed(3)}, ` +
  `99 % ${p99.toFixed(2)}, max ${max.toFixed(1)}`

/** Runs and times a function. */
export const timed = <A>(run: () => A): readonly [A, number] => {
  const started = performance.now()
  const value = run()
  return [value, performance.now() - started]
}

export const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`

/** A text on one line, cut short; what cannot be seen is escaped. */
export const cut = (text: string, length = 200): string => {
  const line = text
    .slice(0, 2 * length)
    .replaceAll(/(?! )[\p{C}\p{Z}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return line.length <= length && text.length <= 2 * length
    ? line
    : `${line.slice(0, length)}… (${text.length} characters)`
}
