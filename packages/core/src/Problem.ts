/**
 * A question with answers that can be checked.
 *
 * @since 0.1.0
 */

/**
 * One problem of a training or benchmark set.
 *
 * @since 0.1.0
 * @category models
 */
export interface Problem {
  /** Unique in its set, and stable: random numbers and resumed runs are keyed by it. */
  readonly id: string
  readonly question: string
  /** Reference answers. A response is right when it is equivalent to any of them; there is at least one. */
  readonly golds: readonly [string, ...Array<string>]
  readonly subject?: string
  readonly level?: string
  /** Where the problem came from, for the record. */
  readonly source?: string
}
