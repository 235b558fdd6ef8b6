/**
 * What a comparison comes to, and what it needs to get there.
 */
import type { Budget } from "../Budget.ts"
import type { Expression } from "../../Expression.ts"

/** Where the decision fell, cheapest first. */
export type Stage = "none" | "text" | "exact" | "structure" | "numeric" | "cas"

/** A verdict, of two answers or of parts of them. */
export interface Decision {
  readonly outcome: "equivalent" | "different" | "undecided"
  /** What decided: words, exact values, structure, numbers at points, the optional algebra system, or nothing. */
  readonly stage: Stage
  readonly reason: string
  /** Bound on the probability that `equivalent` is wrong, where numbers at points decided; absent for a proof. */
  readonly errorProbability?: number
}

export interface Options {
  /** Decimal places to which a decimal must agree with an exact value; also the fewest that such a decimal may have. Default 6. */
  readonly decimalPlaces: number
  /** Numbers this close are equal. Default 0: only equal numbers are. */
  readonly tolerance?: number
  /** `5` is not `5 cm`. Default false: a unit that one side leaves out is ignored. */
  readonly unitsRequired?: boolean
  /** Lists must agree in order. Default false; tuples always must. */
  readonly orderMatters?: boolean
  /** `2/4` is not `1/2`. Default false. */
  readonly simplestForm?: boolean
  /** `x = 5` is not `5`. Default false. */
  readonly strictEquations?: boolean
  /** A gold interval accepts an inequality. Default false: an answer must not pass by echoing the problem's condition. */
  readonly inequalityForInterval?: boolean
}

export const DEFAULT_OPTIONS: Options = { decimalPlaces: 6 }

export interface Context {
  readonly budget: Budget
  readonly options: Options
  /** Of the two texts in an order of their own, so that swapping them changes nothing. */
  readonly seed: string
}

/** A comparison of two expressions; the first is the reference. */
export type Comparer = (gold: Expression, answer: Expression, context: Context) => Decision

export const equivalent = (stage: Stage, reason: string): Decision => ({ outcome: "equivalent", stage, reason })
export const different = (stage: Stage, reason: string): Decision => ({ outcome: "different", stage, reason })
export const undecided = (stage: Stage, reason: string): Decision => ({ outcome: "undecided", stage, reason })

/** Part by part: there must be as many, and all must hold; the first that does not decides. */
export const pairwise = <Part>(
  gold: ReadonlyArray<Part>,
  answer: ReadonlyArray<Part>,
  compare: (one: Part, other: Part) => Decision,
  reason: string,
): Decision => {
  if (gold.length !== answer.length) return different("structure", `${gold.length} parts, not ${answer.length}`)
  let open: Decision | undefined
  let stage: Stage = "structure"
  let errorProbability = 0
  for (const [index, part] of gold.entries()) {
    const decision = compare(part, answer[index]!)
    if (decision.outcome === "different") return decision
    if (decision.outcome === "undecided") open ??= decision
    if (decision.stage === "numeric") stage = "numeric"
    errorProbability += decision.errorProbability ?? 0
  }
  return (
    open ?? {
      ...equivalent(stage, reason),
      ...(errorProbability > 0 && { errorProbability: Math.min(1, errorProbability) }),
    }
  )
}

/** One must hold; `different` only when every one is. */
export const any = (decisions: ReadonlyArray<Decision>): Decision =>
  decisions.find(({ outcome }) => outcome === "equivalent") ??
  decisions.find(({ outcome }) => outcome === "undecided") ??
  decisions[0] ??
  different("structure", "nothing to compare")
