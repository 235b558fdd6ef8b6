/** A question with its entropy, its responses as a strip of meanings, and their texts, as HTML. */
import type { EntropyMember, EntropyRow } from "../EntropyPage.ts"
import { forHtml, forHtmlLines } from "../Escape.ts"
import { cut, shorten } from "./cut.ts"
import { chip, meaningsOf, strip } from "./meanings.ts"
import { counted, percent } from "./words.ts"

const LONGEST_PROMPT = 280
const LONGEST_TEXT = 10_000
/** Characters of responses on the page; the most uncertain questions are served first. */
const MOST_TEXT = 5_000_000

/** A text as HTML, and what is left out of it in words. */
const text = (whole: string, most: number): string => {
  const { left, shown } = cut(whole, most)
  const note = left === 0 ? "" : `<small>… ${counted(left, "character")} more</small>`
  return `${forHtmlLines(shown)}${note}`
}

const clamp = (share: number): number => Math.max(0, Math.min(1, share))
const at = (share: number): string => `${(100 * clamp(share)).toFixed(1)}%`

/** Filled up to the entropy, with a line over the interval, on a scale from 0 to `ln n`. */
const gauge = ({ answers, interval, normalized }: EntropyRow): string => {
  const most = Math.log(Math.max(2, answers))
  const line =
    interval === undefined
      ? ""
      : `<b style="left:${at(interval.low / most)};right:${at(1 - interval.high / most)}"></b>`
  return `<div class="gauge" role="img" aria-label="${percent(normalized)} of the greatest possible"><i style="width:${at(normalized)}"></i>${line}</div>`
}

const measure = (row: EntropyRow): string => {
  const { bounds, interval } = row
  const notes = [
    `${percent(row.normalized)} of the greatest possible`,
    `${counted(row.clusters, "meaning")}, ${counted(row.answers, "answer")}`,
    ...(interval === undefined
      ? []
      : [
          `${percent(interval.level)} interval ${interval.low.toFixed(2)} – ${interval.high.toFixed(2)} (${interval.method})`,
        ]),
    ...(bounds[0] === bounds[1]
      ? []
      : [`${bounds[0].toFixed(2)} – ${bounds[1].toFixed(2)} by how unreadable responses count`]),
  ]
  return `<div class="measure"><div><span class="value">${row.entropy.toFixed(3)}</span> nats</div>${gauge(row)}${notes.map((note) => `<div class="note">${forHtml(note)}</div>`).join("")}</div>`
}

const warnings = ({ inconsistent, undecided }: EntropyRow): string =>
  [
    ...(undecided === 0 ? [] : [`${counted(undecided, "pair")} undecided, and kept apart`]),
    ...(inconsistent === 0
      ? []
      : [`the judge contradicted itself ${inconsistent === 1 ? "once" : `${inconsistent} times`}`]),
  ]
    .map((warning) => `<div class="warning">⚠ ${warning}</div>`)
    .join("")

const response = (style: string, { answer, logprob, text: whole }: EntropyMember, most: number): string => {
  const label = answer === null ? '<i class="chip"></i><small>no answer</small>' : chip(answer)
  const score = logprob === undefined ? "" : `<small>log-probability ${logprob.toFixed(3)}</small>`
  return `<li><div class="${style}">${label}${score}</div><div class="text">${text(whole, most)}</div></li>`
}

/** The beginning of a prompt as one paragraph; line breaks are for the whole one, below. */
const paragraph = (prompt: string): string => {
  const line = cut(prompt, 4 * LONGEST_PROMPT)
    .shown.replace(/\s+/g, " ")
    .trim()
  return (
    shorten(line, LONGEST_PROMPT) + (prompt.length > 4 * LONGEST_PROMPT && line.length <= LONGEST_PROMPT ? "…" : "")
  )
}

/** `room` is the most characters of responses that this question may take up. */
const question = (row: EntropyRow, number: number, room: number): string => {
  const prompt = row.prompt ?? ""
  const line = paragraph(prompt)
  const whole = line === prompt ? "" : `<div class="text">${text(prompt, LONGEST_TEXT)}</div>`
  const { read, unread } = meaningsOf(row.members)
  const most = Math.min(LONGEST_TEXT, Math.max(0, Math.floor(room / row.members.length)))
  const responses = [...read, { style: "meaning unread", members: unread }].flatMap(({ members, style }) =>
    members.map((member) => response(style, member, most)),
  )
  return `<article class="question">
${measure(row)}
<div><div class="prompt"><small>${forHtml(shorten(row.id ?? `question ${number}`, LONGEST_PROMPT))}</small> ${forHtml(line)}</div>
${strip(row.members)}
${warnings(row)}
<details><summary>${counted(row.members.length, "response")}</summary>${whole}<ol>${responses.join("\n")}</ol></details></div>
</article>`
}

/** In the order given: the first are served first while there is room. */
export const questions = (rows: ReadonlyArray<EntropyRow>): ReadonlyArray<string> => {
  let room = MOST_TEXT
  return rows.map((row, index) => {
    const html = question(row, index + 1, room)
    for (const { text: whole } of row.members) room -= Math.min(LONGEST_TEXT, whole.length)
    return html
  })
}
