/**
 * Checks that matrices of answers by answers have in common.
 *
 * @since 0.1.0
 */
import { EntropyError } from "../EntropyError.ts"
import type { WeightMatrix } from "../Similarity.ts"

/** What rounding may leave between two numbers of order 1 that should be equal. */
export const TOLERANCE = 1e-9

/** A rule that every entry must keep. */
export interface EntryRule {
  readonly holds: (value: number) => boolean
  readonly expected: string
}

/** A non-empty square matrix whose entries keep a rule, or an error that names the first entry that does not. */
export const requireSquare = (name: string, rows: WeightMatrix, rule: EntryRule): void => {
  if (rows.length === 0) throw EntropyError.emptyGroup()
  for (const [i, row] of rows.entries()) {
    if (row.length !== rows.length) {
      throw EntropyError.badValue(`${name}[${i}]`, `${rows.length} entries, as there are rows`, row.length)
    }
    // `findIndex` visits holes, which are not numbers.
    const j = row.findIndex((value) => !rule.holds(value))
    if (j !== -1) throw EntropyError.badValue(`${name}[${i}][${j}]`, rule.expected, row[j])
  }
}

/** Entries that mirror each other, within rounding of the greatest one. */
export const requireSymmetric = (name: string, rows: WeightMatrix): void => {
  const scale = rows.reduce((max, row) => row.reduce((m, value) => Math.max(m, Math.abs(value)), max), 0)
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < i; j++) {
      const mirrored = rows[j]![i]!
      if (Math.abs(row[j]! - mirrored) > TOLERANCE * scale) {
        throw EntropyError.badValue(`${name}[${i}][${j}]`, `${name}[${j}][${i}] = ${mirrored}, by symmetry`, row[j])
      }
    }
  }
}
