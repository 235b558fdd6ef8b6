/** What all pages have in common: they need nothing else, and load nothing. */
import { forHtml } from "../Escape.ts"
import { stylesheet } from "./stylesheet.ts"

/** Name, value and note of a headline figure, as plain text. */
export type Cell = readonly [name: string, value: string, note: string]

const cell = ([name, value, note]: Cell): string =>
  `<div class="cell"><div class="name">${forHtml(name)}</div><div class="value">${forHtml(value)}</div><div class="note">${forHtml(note)}</div></div>`

export const figure = (chart: { readonly title: string; readonly caption: string; readonly svg: string }): string =>
  `<figure><figcaption><strong>${forHtml(chart.title)}</strong> ${forHtml(chart.caption)}</figcaption>${chart.svg}</figure>`

/** `main` and `scripts` are HTML; a page without scripts allows none. */
export const page = (parts: {
  readonly title: string
  readonly cells: ReadonlyArray<Cell>
  readonly main: string
  readonly scripts?: string
}): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; ${parts.scripts === undefined ? "" : "script-src 'unsafe-inline'; "}img-src data:">
<title>${forHtml(parts.title)}</title>
<style>${stylesheet}</style>
</head>
<body>
<header>
<h1>${forHtml(parts.title)}</h1>
<div class="cells">
${parts.cells.map(cell).join("\n")}
</div>
</header>
<main>
${parts.main}
</main>
${parts.scripts ?? ""}
</body>
</html>
`
