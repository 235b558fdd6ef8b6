/**
 * The `G` completions of one problem: the unit in which SEED-GRPO grades, clusters and compares.
 *
 * @since 0.1.0
 */
import type { Completion } from "./Completion.ts"
import type { Problem } from "./Problem.ts"

/**
 * A problem, the prompt that was made of it, and its `G` completions.
 *
 * @since 0.1.0
 * @category models
 */
export interface Group {
  readonly problem: Problem
  readonly prompt: string
  /** Token ids `[P]` that the policy saw. */
  readonly promptTokens: Int32Array
  /** `[G]` */
  readonly completions: ReadonlyArray<Completion>
}
