/**
 * Rows that are decoded side by side, in lanes: programs that run at the same time, each on a thread of its own.
 *
 * The products of one token of a small policy are too small for TensorFlow to share them among threads, and XLA runs what
 * it compiles one operation after the other. So two programs of half the rows end in little more than half the time.
 */
import type { ModelConfig } from "../ModelConfig.ts"
import * as Parameters from "../Parameters.ts"
import type { Padded } from "../Padding.ts"

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
export const intoLanes = ({ batch, columns, mask, tokens }: Padded, lanes: number): ReadonlyArray<Padded> => {
  const rows = batch / lanes
  return Array.from({ length: lanes }, (_, lane) => {
    const [from, to] = [lane * rows * columns, (lane + 1) * rows * columns]
    return { batch: rows, columns, tokens: tokens.subarray(from, to), mask: mask.subarray(from, to) }
  })
}
