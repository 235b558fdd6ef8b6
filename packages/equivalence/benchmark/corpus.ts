/**
 * Corpora of labelled pairs, one JSON object a line: `{id, gold, answer, expected, kind, extract, options?}`.
 *
 * A program of its own it is not: the benchmarks and the tests read their rows here.
 */
import { readFileSync } from "node:fs"
import type { Row } from "./row.ts"

export { gradeRow, isOneWay, type Row } from "./row.ts"

/** The lines of a file of JSON objects. */
export const readLines = (file: string): ReadonlyArray<unknown> =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as unknown)

/** The rows of a corpus file. */
export const readCorpus = (file: string): ReadonlyArray<Row> => readLines(file) as ReadonlyArray<Row>
