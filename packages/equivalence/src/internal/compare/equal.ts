/**
 * Do two expressions mean the same? Each kind of answer goes to the comparison that it needs.
 */
import type { Expression } from "../../Expression.ts"
import { tuple } from "../parse/build.ts"
import { type Context, type Decision, different } from "./decision.ts"
import { compareFamilies, family } from "./family.ts"
import { compareFormulas } from "./formula.ts"
import { isFormula, isUnordered } from "./kinds.ts"
import { compareLists, compareWithList } from "./list.ts"
import { compareMatrices } from "./matrix.ts"
import { compareOthers, compareTuples } from "./other.ts"
import { compareQuantities } from "./quantity.ts"
import { compareRelation } from "./relation.ts"
import { shape } from "./shape.ts"
import { compareWords, plainText } from "./text.ts"

/** Compares a reference with an answer. */
export const equal = (reference: Expression, response: Expression, context: Context): Decision => {
  context.budget.spend(50)
  const [gold, answer] = [shape(reference), shape(response)]
  const measured = compareQuantities(gold, answer, context)
  if (measured !== undefined) return measured
  if (gold.type === "text" && answer.type === "text") return compareWords(plainText(gold.text), plainText(answer.text))
  if (gold.type === "text" || answer.type === "text") return different("structure", "only one is words")
  const [one, other] = [single(gold, answer), single(answer, gold)]
  if (one !== gold || other !== answer) return equal(one, other, context)
  if (gold.type === "relation" || answer.type === "relation") return compareRelation(gold, answer, context)
  const [g, a] = [family(gold), family(answer)]
  if (g !== undefined && a !== undefined) return compareFamilies(g, a, context)
  if (isUnordered(gold) && isUnordered(answer)) return compareLists(gold, answer, context)
  if (isUnordered(gold) || isUnordered(answer)) return compareWithList(gold, answer, context)
  if (gold.type === "matrix" || answer.type === "matrix")
    return compareMatrices(gold, answer, context) ?? compareOthers(columns(gold), columns(answer), context)
  if (gold.type === "sequence" && answer.type === "sequence") return compareTuples(gold, answer, context)
  return (isFormula(gold) && isFormula(answer) ? compareFormulas : compareOthers)(gold, answer, context)
}

const columns = (side: Expression): Expression =>
  side.type === "matrix" && side.rows.every((row) => row.length === 1) ? tuple(side.rows.flat()) : side

/** A list of one item is that item, to what is neither a list nor a set. */
const single = (side: Expression, other: Expression): Expression =>
  isUnordered(side) && side.items.length === 1 && !isUnordered(other) && !other.type.startsWith("set")
    ? side.items[0]!
    : side
