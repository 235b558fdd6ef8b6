/**
 * In which order a run takes its problems: a pure function from where it stands to the next problems and where it stands then.
 * Where it stands is plain data, so a checkpoint holds it and a resumed run takes what it would have taken. One file an order;
 * this one has the uniform one.
 *
 * @since 0.1.0
 */
import { itemsFrom } from "./Batches.ts"

/**
 * What the last group of a problem said of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome {
  /** Mean reward of its completions, in `[0, 1]`. */
  readonly reward: number
  /** Semantic entropy over its maximum, in `[0, 1]`. */
  readonly entropy: number
  /** Share of its completions with a readable answer. */
  readonly readable: number
}

/**
 * Where an order stands.
 *
 * @since 0.1.0
 * @category models
 */
export interface OrderState {
  /** Problems taken from the epochs so far. */
  readonly taken: number
  /** Draws so far: random numbers are keyed by it. */
  readonly draws: number
  /** What is known of problems, by their ids. The uniform order needs nothing of it and keeps nothing. */
  readonly outcomes: Readonly<Record<string, Outcome>>
}

/**
 * An order of problems.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProblemOrder<A> {
  /** The next `size` problems; `without` those of these ids where there are enough others. */
  readonly draw: (state: OrderState, size: number, without?: ReadonlySet<string>) => Draw<A>
  /** Where it stands once more is known of some problems. */
  readonly learned: (state: OrderState, outcomes: Readonly<Record<string, Outcome>>) => OrderState
}

/**
 * What was drawn, and where the order stands after it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Draw<A> {
  readonly problems: ReadonlyArray<A>
  readonly state: OrderState
}

/**
 * Where an order stands after so many problems that were taken from the epochs alone.
 *
 * @since 0.1.0
 * @category constructors
 */
export const after = (taken: number): OrderState => ({ taken, draws: 0, outcomes: {} })

/**
 * Every epoch visits all problems once, in an order of its own: that of `Batches`, whatever is learned.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Batches, ProblemOrder } from "@seed-grpo/data"
 *
 * const problems = ["a", "b", "c"].map((id) => ({ id }))
 * const order = ProblemOrder.uniform(problems, 0)
 * const first = order.draw(ProblemOrder.after(0), 2)
 * assert.deepEqual(first.problems, Batches.batchOf(problems, { seed: 0, step: 0, size: 2 }))
 * assert.equal(first.state.taken, 2)
 * ```
 *
 * @since 0.1.0
 * @category orders
 */
export const uniform = <A>(problems: ReadonlyArray<A>, seed: number): ProblemOrder<A> => ({
  draw: (state, size) => ({
    problems: itemsFrom(problems, { seed, from: state.taken, size }),
    state: { ...state, taken: state.taken + size },
  }),
  learned: (state) => state,
})
