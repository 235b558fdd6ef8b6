/**
 * A run in a terminal: one line a step, and now and then a group as its meanings.
 *
 * @since 0.1.0
 */
import type { EvaluationRecord, StepRecord, StepTiming } from "@seed-grpo/core"
import type { GroupView } from "./ClusterView.ts"
import { forTerminal } from "./Escape.ts"

/**
 * Colours, or none where output is not a terminal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Palette {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly accent: (text: string) => string
  readonly dim: (text: string) => string
}

const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`
const plain = (text: string) => text

/**
 * @since 0.1.0
 * @category constants
 */
export const colours: Palette = { good: paint(32), bad: paint(31), accent: paint(36), dim: paint(2) }

/**
 * @since 0.1.0
 * @category constants
 */
export const noColours: Palette = { good: plain, bad: plain, accent: plain, dim: plain }

const percent = (share: number) => `${Math.round(100 * share)} %`.padStart(5)

/**
 * A duration as people read it: `1:05`, `2:03:04`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { TerminalView } from "@seed-grpo/report"
 *
 * assert.equal(TerminalView.duration(65), "1:05")
 * ```
 *
 * @since 0.1.0
 * @category formatting
 */
export const duration = (seconds: number): string => {
  const total = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60]
  const two = (value: number) => String(value).padStart(2, "0")
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`
}

const speed = (perSecond: number) =>
  perSecond >= 10_000
    ? `${Math.round(perSecond / 1000)}k`
    : perSecond >= 1000
      ? `${(perSecond / 1000).toFixed(1)}k`
      : `${Math.round(perSecond)}`

/**
 * A step in one line.
 *
 * @since 0.1.0
 * @category formatting
 */
export const stepLine = (
  record: StepRecord,
  timing: StepTiming,
  run: { readonly steps: number; readonly heldOut: EvaluationRecord | undefined },
  palette: Palette,
): string => {
  const width = String(run.steps).length
  const { accent, bad, dim, good } = palette
  const parts = [
    `${dim("step")} ${String(record.step).padStart(width)}/${run.steps}`,
    `${dim("reward")} ${record.reward.toFixed(2)}`,
    `${dim("held-out")} ${run.heldOut === undefined ? "    –" : percent(run.heldOut.accuracy)}`,
    `${dim("entropy")} ${accent(record.semanticEntropy.toFixed(2))} nats`,
    `${dim("groups")} ${good(`✓${percent(record.allRight)}`)} ~${percent(record.mixed)} ${bad(`✗${percent(record.allWrong)}`)}`,
    `${speed(timing.sampledTokens / timing.sample).padStart(5)} tok/s`,
    `${timing.total.toFixed(2)} s`,
    `${dim("left")} ${duration(timing.secondsLeft)}`,
    ...(record.updatesNonFinite > 0 ? [bad(`${record.updatesNonFinite} updates skipped: loss not finite`)] : []),
  ]
  return parts.join(dim(" │ "))
}

/**
 * An evaluation in one line.
 *
 * @since 0.1.0
 * @category formatting
 */
export const evaluationLine = (record: EvaluationRecord, palette: Palette): string =>
  palette.accent(
    `held-out after step ${record.step}: ${(100 * record.accuracy).toFixed(1)} % of ${record.problems} problems right ` +
      `(95 % interval ${(100 * record.low).toFixed(1)} – ${(100 * record.high).toFixed(1)})`,
  )

const LONGEST = 48

const shorten = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)

/**
 * A group as its meanings: one row a cluster, with its right or wrong, its size as a bar, and its spellings.
 *
 * @since 0.1.0
 * @category formatting
 */
export const groupLines = (group: GroupView, palette: Palette): ReadonlyArray<string> => {
  const { accent, bad, dim, good } = palette
  const head =
    `  ${forTerminal(shorten(group.prompt))} ${dim("gold")} ${forTerminal(group.golds.join(" or "))}  ` +
    `${dim("entropy")} ${accent(group.semanticEntropy.toFixed(2))} nats  ${dim("advantages ×")} ${group.scale.toFixed(2)}`
  const rows = group.clusters.map(({ members, readable, right, spellings }) => {
    const mark = right ? good("✓") : readable ? bad("✗") : dim("?")
    const bar = "█".repeat(members.length).padEnd(group.size, "·")
    const shown = spellings.slice(0, 5).map(({ count, text }) => {
      const one = forTerminal(shorten(text)) || dim("(empty)")
      return count > 1 ? `${one} ${dim(`×${count}`)}` : one
    })
    const more = spellings.length > 5 ? dim(` and ${spellings.length - 5} more`) : ""
    return `    ${mark} ${bar} ${shown.join(dim(" · "))}${more}`
  })
  return [head, ...rows]
}

/**
 * The group worth showing: a mixed one with the most meanings, or the first.
 *
 * @since 0.1.0
 * @category selecting
 */
export const mostTelling = (groups: ReadonlyArray<GroupView>): GroupView | undefined =>
  groups.toSorted(
    (a, b) =>
      Number(b.passRate > 0 && b.passRate < 1) - Number(a.passRate > 0 && a.passRate < 1) ||
      b.semanticEntropy - a.semanticEntropy,
  )[0]
