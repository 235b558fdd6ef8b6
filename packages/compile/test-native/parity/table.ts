/** The README's tables of kernels: `pnpm kernels` prints them. */
import { missingKernels, unsupportedKernels } from "../../src/Kernels.ts"
import type { Kernel } from "./case.ts"
import { families } from "./families.ts"

const rows = (header: ReadonlyArray<string>, cells: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = header.map((_, i) => Math.max(...[header, ...cells].map((row) => row[i]!.length)))
  const line = (row: ReadonlyArray<string>) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n")
}

const names = (kernels: ReadonlyArray<string>) => kernels.map((kernel) => `\`${kernel}\``).join(" ")

const chosen = (family: { readonly [kernel: string]: Kernel }, want: (kernel: Kernel) => boolean) =>
  names(Object.keys(family).filter((kernel) => want(family[kernel]!)))

const hasGradient = ({ cases }: Kernel) => cases.some(({ gradient }) => gradient.length > 0)

/** What is compiled, by family: each kernel has cases in the parity suite. */
export const compiledTable = (): string =>
  rows(
    ["", "values and gradients", "values: no gradient in TensorFlow.js, or no use for one", "on `graph`: XLA has none"],
    Object.entries(families).map(([name, family]) => [
      name,
      chosen(family, (kernel) => kernel.rung === "xla" && hasGradient(kernel)),
      chosen(family, (kernel) => kernel.rung === "xla" && !hasGradient(kernel)),
      chosen(family, (kernel) => kernel.rung === "graph"),
    ]),
  )

/** What is refused. */
export const refusedTable = (): string =>
  rows(
    ["refused because", "kernels"],
    [
      ...Map.groupBy(Object.keys(unsupportedKernels), (kernel) => unsupportedKernels[kernel]!),
      ["native TensorFlow has no such kernel", missingKernels] as const,
    ].map(([reason, kernels]) => [reason, names(kernels)]),
  )

if (import.meta.main) console.log(`${compiledTable()}\n\n${refusedTable()}`)
