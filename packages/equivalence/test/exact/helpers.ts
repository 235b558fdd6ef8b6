import { Budget } from "../../src/internal/Budget.ts"
import * as NormalForm from "../../src/internal/exact/NormalForm.ts"
import { identity } from "../../src/internal/numeric/Identity.ts"
import { read } from "./read.ts"

export const budget = (): Budget => new Budget(5_000_000)

/** The canonical spelling of what `text` says. */
export const canonical = (text: string): string | undefined => {
  const form = NormalForm.normalForm(read(text), budget())
  return form && NormalForm.print(form)
}

export const compare = (a: string, b: string): string =>
  NormalForm.compare(NormalForm.normalForm(read(a), budget())!, NormalForm.normalForm(read(b), budget())!, budget())

/** Exactly where that decides, else by values: what the exact forms leave open must be decided there. */
export const decide = (a: string, b: string): string => {
  const [x, y] = [NormalForm.normalForm(read(a), budget()), NormalForm.normalForm(read(b), budget())]
  const exact = x && y && NormalForm.compare(x, y, budget())
  if (exact !== undefined && exact !== "unknown") return exact
  return identity(read(a), read(b), { seed: "both", budget: budget() }).outcome
}
