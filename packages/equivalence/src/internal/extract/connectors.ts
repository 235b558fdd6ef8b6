/**
 * What may stand between the members of one list.
 */

/** Words that join answers, in the languages that solutions are written in. */
export const CONNECTORS: ReadonlySet<string> = new Set(
  (
    ", ; & and or y o e et ou und oder и или en of 和 或 或者 与 以及 及 、 ， ； と または 및 또는 और या " +
    "maybe possibly perhaps also either both"
  ).split(" "),
)

const SPACING = /\\(?:quad|qquad|[ ,;:!()[\]]|text|mbox|textrm|mathrm)|[${}~\s*_]|([-+.=])\1{2,}|\\$/g
const ASSIGNMENT = /[A-Za-z](?:_\{?\w{1,8}\}?)?=$/
const MAX_LINK = 80

/** Do two boxes belong to one list? Only commas, "and", "or", spacing, and the next unknown's name may lie between. */
export const connects = (text: string, from: number, to: number): boolean => {
  if (to - from > MAX_LINK) return false
  const rest = text.slice(from, to).replaceAll(SPACING, " ").trim()
  if (rest === "") return true
  const words = rest
    .replaceAll(/[,;、，；]/g, " , ")
    .trim()
    .split(/\s+/)
  if (words.every((word) => CONNECTORS.has(word))) return true
  const named = words.findIndex((word) => !CONNECTORS.has(word))
  return named > 0 && ASSIGNMENT.test(words.slice(named).join("")) && words.slice(named).join("").length < 16
}
