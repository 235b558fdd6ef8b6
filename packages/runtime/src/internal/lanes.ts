/**
 * Rows that are decoded side by side, in lanes: programs that run at the same time, each on a thread of its own.
 *
 * The products of one token of a small policy are too small for TensorFlow to share them among threads, and XLA runs what
 * it compiles one operation after the other. So two programs of half the rows end in little more than half the time.
 */
import type { ModelConfig } from "../ModelConfig.ts"
import * as Padding from "../Padding.ts"
import * as Parameters from "../Parameters.ts"

/** With fewer rows a program's time is that of reading its weights, which every lane does. */
const LEAST_ROWS = 32

/** The weights of larger policies come from memory, which the lanes share, and their products are shared among threads. */
const MOST_PARAMETERS = 2 ** 24

/** A power of two that divides the prompts, so that all lanes have the same shapes. */
export const laneCount = (config: ModelConfig, prompts: number, samples: number, threads: number): number => {
  if (Parameters.count(config) > MOST_PARAMETERS) return 1
  let lanes = 1
  for (let more = 2; more <= threads && prompts % more === 0 && (prompts * samples) / more >= LEAST_ROWS; more *= 2) {
    lanes = more
  }
  return lanes
}

/** The same number of rows for each lane, in order. */
export const intoLanes = (padded: Padding.Padded, lanes: number): ReadonlyArray<Padding.Padded> => {
  const rows = padded.batch / lanes
  return Array.from({ length: lanes }, (_, lane) => Padding.rows(padded, lane * rows, (lane + 1) * rows))
}
