/**
 * One spelling for what is only written differently.
 *
 * @since 0.1.0
 */

const REPLACEMENTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/(\d)(?:\{,\}|,?\\[,!])(?=\d{3}(?!\d))/g, "$1,"],
  [/\\(?:left|right|displaystyle|limits)(?![A-Za-z])/g, ""],
  [/\\[dtc]frac(?![A-Za-z])/g, "\\frac"],
  [/\\(?:[ ,;:!]|quad(?![A-Za-z])|qquad(?![A-Za-z]))|~/g, " "],
  [/\\(?:text|textbf|textit|mathrm|mathbf|mbox|operatorname|boxed|fbox)\s*\{([^{}]*)\}/g, "$1"],
  [/\\(?:cdot|times)(?![A-Za-z])|×|·|⋅/g, "*"],
  [/÷/g, "/"],
  [/[−–]/g, "-"],
  [/\\([$%])/g, "$1"],
  [/\^\s*\{?\s*\\circ\s*\}?|°/g, ""],
  [/\\frac\s*(\d)\s*(\d)/g, "\\frac{$1}{$2}"],
  [/\\sqrt\s*(\d)/g, "\\sqrt{$1}"],
]

/** Delimiters around the whole answer: `$…$`, `\(…\)`, `\[…\]`. */
const unwrapMath = (text: string): string =>
  text.replace(/^(?:\$\$?|\\\(|\\\[)/, "").replace(/(?:\$\$?|\\\)|\\\])$/, "")

const withoutFullStop = (text: string): string => text.trim().replace(/\.$/, "").trimEnd()

/**
 * An answer without mathematical delimiters, spacing commands, font commands, degree signs and closing full stop, and
 * with one spelling for each operator.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Normalize } from "@seed-grpo/equivalence"
 *
 * assert.equal(Normalize.normalize("$\\dfrac{3}{4}\\,.$"), "\\frac{3}{4}")
 * ```
 *
 * @since 0.1.0
 * @category normalisation
 */
export const normalize = (answer: string): string => {
  let text = withoutFullStop(unwrapMath(withoutFullStop(answer)))
  for (const [pattern, replacement] of REPLACEMENTS) text = text.replace(pattern, replacement)
  return withoutFullStop(text.replace(/\s+/g, " "))
}
