import { Budget } from "../../src/Budget.ts"
import * as NormalForm from "../../src/exact/NormalForm.ts"
import { read } from "./read.ts"

export const budget = (): Budget => new Budget(5_000_000)

/** The canonical spelling of what `text` says. */
export const canonical = (text: string): string | undefined => {
  const form = NormalForm.normalForm(read(text), budget())
  return form && NormalForm.print(form)
}

export const compare = (a: string, b: string): string =>
  NormalForm.compare(NormalForm.normalForm(read(a), budget())!, NormalForm.normalForm(read(b), budget())!, budget())
