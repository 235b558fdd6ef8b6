/**
 * What is asked of a sandbox, and what it answers.
 */
import type { Judgement } from "../Judgement.ts"
import type { RewardCompletion, RewardProblem } from "../RewardFile.ts"

/** What a thread is started with. */
export interface Start {
  /** The reward file, as a URL. */
  readonly file: string
  /** In MiB. */
  readonly memory: number
}

export interface Call {
  readonly completions: ReadonlyArray<RewardCompletion>
  readonly problem: RewardProblem
}

export type Reply =
  /** Whether the file has a function of one completion, or of a group. */
  | { readonly type: "ready"; readonly per: "completion" | "group" }
  | { readonly type: "refused"; readonly detail: string }
  | { readonly type: "judged"; readonly judgements: ReadonlyArray<Judgement> }
  | { readonly type: "died"; readonly kind: "crashed" | "memory"; readonly detail: string }
