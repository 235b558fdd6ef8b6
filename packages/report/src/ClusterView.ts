/**
 * A group as its meanings: which completions say the same, how often, and whether they are right.
 *
 * @since 0.1.0
 */
import type { CompletionRecord } from "@seed-grpo/core"

/**
 * One meaning within a group.
 *
 * @since 0.1.0
 * @category models
 */
export interface MeaningCluster {
  readonly right: boolean
  /** Whether an answer could be read in its members. */
  readonly readable: boolean
  readonly members: ReadonlyArray<CompletionRecord>
  /** Distinct texts with how often each was said, most frequent first. */
  readonly spellings: ReadonlyArray<{ readonly text: string; readonly count: number }>
}

/**
 * A group of completions of one problem.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupView {
  readonly problem: string
  readonly prompt: string
  readonly golds: ReadonlyArray<string>
  readonly size: number
  /** Share of right completions. */
  readonly passRate: number
  /** In nats. */
  readonly semanticEntropy: number
  readonly normalizedEntropy: number
  readonly scale: number
  /** Largest first; right before wrong among equals. */
  readonly clusters: ReadonlyArray<MeaningCluster>
}

const spellingsOf = (members: ReadonlyArray<CompletionRecord>) => {
  const counts = new Map<string, number>()
  for (const { text } of members) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].map(([text, count]) => ({ text, count })).toSorted((a, b) => b.count - a.count)
}

const groupView = (records: ReadonlyArray<CompletionRecord>): GroupView => {
  const first = records[0]!
  const clusters = [...Map.groupBy(records, ({ cluster }) => cluster).values()].map((members) => ({
    right: members.some(({ reward }) => reward > 0),
    readable: members.every(({ answer }) => answer !== null),
    members,
    spellings: spellingsOf(members),
  }))
  return {
    problem: first.problem,
    prompt: first.prompt,
    golds: first.golds,
    size: records.length,
    passRate: records.filter(({ reward }) => reward > 0).length / records.length,
    semanticEntropy: first.semanticEntropy,
    normalizedEntropy: first.normalizedEntropy,
    scale: first.scale,
    clusters: clusters.toSorted((a, b) => b.members.length - a.members.length || Number(b.right) - Number(a.right)),
  }
}

/**
 * The groups of a step, from its completions, in their order.
 *
 * @since 0.1.0
 * @category conversions
 */
export const groupsOf = (completions: ReadonlyArray<CompletionRecord>): ReadonlyArray<GroupView> =>
  [...Map.groupBy(completions, ({ problem }) => problem).values()].map(groupView)
