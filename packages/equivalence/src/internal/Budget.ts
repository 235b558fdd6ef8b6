/**
 * A bound on work that is the same on every machine: units, not seconds.
 *
 * @since 0.1.0
 */

/**
 * Thrown when the work is spent; the decision turns it into `undecided`.
 *
 * @since 0.1.0
 * @category errors
 */
export class BudgetExhausted extends Error {}

/**
 * @since 0.1.0
 * @category models
 */
export class Budget {
  /** Units that are left. One unit is about one operation on numbers of 64 bits, some 50 ns. */
  left: number

  constructor(units: number) {
    this.left = units
  }

  /** Takes `units`, or throws `BudgetExhausted`. Call it before the work, in proportion to it. */
  spend(units: number): void {
    this.left -= units
    if (!(this.left >= 0)) throw new BudgetExhausted("the work for this answer is spent")
  }
}
