/**
 * Text that a model wrote, made harmless for the place where it is shown.
 *
 * @since 0.1.0
 */

/** Control characters, bidirectional overrides and other characters that change how text around them is shown. */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex -- the point of it
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const visible = (character: string): string => {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? "␡" : "�"
}

/**
 * For a terminal, on one line: escape sequences and line breaks become pictures of themselves.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Escape } from "@seed-grpo/report"
 *
 * assert.equal(Escape.forTerminal("a\u001b[31mb\n"), "a␛[31mb␊")
 * ```
 *
 * @since 0.1.0
 * @category escaping
 */
export const forTerminal = (text: string): string => text.replace(INVISIBLE, visible)

/**
 * For HTML text and quoted attributes.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Escape } from "@seed-grpo/report"
 *
 * assert.equal(Escape.forHtml('<b title="x">'), "&lt;b title=&quot;x&quot;&gt;")
 * ```
 *
 * @since 0.1.0
 * @category escaping
 */
export const forHtml = (text: string): string =>
  forTerminal(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")

/**
 * For HTML text that keeps its line breaks, inside `white-space: pre-wrap`.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Escape } from "@seed-grpo/report"
 *
 * assert.equal(Escape.forHtmlLines("a < b\r\n\u0007c"), "a &lt; b\n␇c")
 * ```
 *
 * @since 0.1.0
 * @category escaping
 */
export const forHtmlLines = (text: string): string => text.split(/\r?\n/).map(forHtml).join("\n")

/**
 * JSON inside a `<script>` element: nothing in it can end the element.
 *
 * @since 0.1.0
 * @category escaping
 */
export const jsonForScript = (value: unknown): string =>
  JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")
