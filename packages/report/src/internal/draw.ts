/** A plot as SVG text, for a page whose CSS variables it uses. */
import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"

const { document } = parseHTML("<html></html>")

export const draw = (options: Plot.PlotOptions): string => {
  const plot = Plot.plot({
    width: 520,
    height: 240,
    marginLeft: 46,
    marginBottom: 34,
    style: { background: "none", fontFamily: "inherit", fontSize: "12px" },
    ...options,
    document: document as never,
  })
  return (plot as unknown as { readonly outerHTML: string }).outerHTML
}
