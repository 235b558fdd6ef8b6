/** The responses to one question as meanings, and the strip of chips that shows them: one chip a response. */
import type { EntropyMember } from "../EntropyPage.ts"
import { forHtml } from "../Escape.ts"
import { shorten } from "./cut.ts"

/** More chips than this of one meaning, or meanings of one question, are counted and not drawn. */
const MOST_CHIPS = 32

/** Characters of an answer on its chip; the style sheet cuts it further where there is no room. */
const LONGEST_ANSWER = 80

/** Colours that the style sheet has. */
const COLOURS = 8

/** Responses that mean the same. */
export interface Meaning {
  /** Class of its chips. */
  readonly style: string
  readonly members: ReadonlyArray<EntropyMember>
}

/** Meanings, largest first, and the responses without an answer, whichever cluster they count in. */
export const meaningsOf = (
  members: ReadonlyArray<EntropyMember>,
): { readonly read: ReadonlyArray<Meaning>; readonly unread: ReadonlyArray<EntropyMember> } => {
  const [read, unread] = [members.filter(({ answer }) => answer !== null), members.filter((one) => one.answer === null)]
  const clusters = [...Map.groupBy(read, ({ cluster }) => cluster).values()]
  return {
    read: clusters
      .toSorted((a, b) => b.length - a.length)
      .map((same, index) => ({ style: `meaning c${index % COLOURS}`, members: same })),
    unread,
  }
}

export const chip = (answer: string): string =>
  `<span class="chip" title="${forHtml(shorten(answer, 4 * LONGEST_ANSWER))}">${forHtml(shorten(answer, LONGEST_ANSWER))}</span>`

/** The same spelling again needs no second label. */
const chips = (answers: ReadonlyArray<string>): string => {
  const drawn = answers.toSorted().slice(0, MOST_CHIPS)
  return drawn.map((answer, i) => (answer === drawn[i - 1] ? '<i class="chip"></i>' : chip(answer))).join("")
}

const count = (members: number): string => (members === 1 ? "" : `<b class="count">×${members}</b>`)

/** How the responses without an answer were counted. */
const policyOf = (unread: ReadonlyArray<EntropyMember>): string => {
  if (unread.every(({ cluster }) => cluster === null)) return "left out"
  if (unread.length === 1) return "a meaning of its own"
  return new Set(unread.map(({ cluster }) => cluster)).size === 1 ? "one meaning" : "each a meaning of its own"
}

const unreadable = (unread: ReadonlyArray<EntropyMember>): string =>
  unread.length === 0
    ? ""
    : `<span class="meaning unread">${'<i class="chip"></i>'.repeat(Math.min(unread.length, MOST_CHIPS))}${count(unread.length)}<small>no answer: ${policyOf(unread)}</small></span>`

export const strip = (members: ReadonlyArray<EntropyMember>): string => {
  const { read, unread } = meaningsOf(members)
  const shown = read.slice(0, MOST_CHIPS).map(
    // What is not null was read.
    (one) =>
      `<span class="${one.style}">${chips(one.members.map(({ answer }) => answer!))}${count(one.members.length)}</span>`,
  )
  const more = read.length > MOST_CHIPS ? `<small>and ${read.length - MOST_CHIPS} meanings more</small>` : ""
  return `<div class="strip">${shown.join("")}${more}${unreadable(unread)}</div>`
}
