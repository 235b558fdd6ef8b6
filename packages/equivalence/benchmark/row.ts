/**
 * One row of a corpus, and its verdict. No file access: the browser benchmark bundles this.
 */
import type { Verdict } from "../src/Compare.ts"
import { decide, type Row as Undecided } from "../src/Row.ts"

/** A labelled pair. */
export interface Row extends Undecided {
  readonly id: string
  /** Must the answer count as equal to the reference? */
  readonly expected: boolean
  readonly kind: string
}

/** Decides a row; its label says whether the outcome should be `equivalent`. */
export const gradeRow = (row: Row): Verdict => decide(row).verdict

const INEQUALITY = /[<>≤≥]|\\(?:le|ge|lt|gt|leq|geq|leqslant|geqslant)(?![A-Za-z])/

/** The documented one-way rule: a reference inequality accepts the interval that solves it, not the other way round. */
export const isOneWay = (gold: string, answer: string): boolean => INEQUALITY.test(gold) !== INEQUALITY.test(answer)
