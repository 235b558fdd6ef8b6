/**
 * The step of an optimizer as a compiled program: one for all steps, whatever its rates.
 *
 * @since 0.1.0
 */
import { compile, type Compile } from "@seed-grpo/compile"
import * as tf from "@tensorflow/tfjs-core"
import type { Moved, Optimizer, OptimizerState, Rates, Tensors } from "./Optimizer.ts"
import type { Step, StepOptions } from "./OptimizerStep.ts"
import { settings } from "./ParameterGroups.ts"

type Slots = OptimizerState["slots"]

type Program = Compile.Compiled<
  [Tensors, Tensors, Slots, { readonly factor: tf.Scalar; readonly rates: ReadonlyArray<Rates<string, tf.Scalar>> }],
  { readonly parameters: Tensors; readonly slots: Slots }
>

/**
 * @since 0.1.0
 * @category models
 */
export interface CompiledStep {
  /** As `OptimizerStep.step`. */
  readonly step: Step
  readonly explain: Program["explain"]
  readonly dispose: () => void
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Pick<Compile.Options, "onCompile" | "rung"> = {}): CompiledStep => {
  /** Optimizers hold functions, so each object is one of its own: no two share a program. */
  const programs: Array<Pick<StepOptions, "optimizer" | "groups"> & { readonly program: Program }> = []

  const programOf = (optimizer: Optimizer, groups: StepOptions["groups"]): Program => {
    const known = programs.find((one) => one.optimizer === optimizer && one.groups === groups)
    if (known !== undefined) return known.program
    const program: Program = compile(
      (parameters, gradients, slots, { factor, rates }) => {
        // In the order of the parameters, for what comes out goes in again, and records in another order are another program.
        const moved = Object.keys(parameters).map((name): readonly [string, Moved] => {
          const kept = Object.fromEntries(optimizer.slots.map((slot) => [slot, slots[slot]![name]!]))
          const now = rates[groups.findIndex(({ names }) => names.includes(name))]!
          return [name, optimizer.moved(now, parameters[name]!, tf.mul(gradients[name]!, factor), kept)]
        })
        const named = (of: (one: Moved) => tf.Tensor): Tensors =>
          Object.fromEntries(moved.map(([name, one]) => [name, of(one)]))
        return {
          parameters: named(({ parameter }) => parameter),
          slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, named((one) => one.slots[slot]!)])),
        }
      },
      { ...options, name: optimizer.name },
    )
    programs.push({ optimizer, groups, program })
    return program
  }

  return {
    step: ({ groups, learningRate, optimizer }, parameters, gradients, state, factor) => {
      const settingsOf = settings(groups, learningRate)
      const scalars = {
        factor: tf.scalar(factor),
        rates: groups.map(({ names }): Rates<string, tf.Scalar> => {
          const rates = optimizer.rates(settingsOf(names[0]!), state.step)
          return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, tf.scalar(rate)]))
        }),
      }
      const next = programOf(optimizer, groups)(parameters, gradients, state.slots, scalars)
      tf.dispose([scalars.factor, ...scalars.rates.flatMap((rates) => Object.values(rates))])
      return { parameters: next.parameters, state: { step: state.step + 1, slots: next.slots } }
    },
    explain: () => programs.flatMap(({ program }) => program.explain()),
    dispose: () => {
      for (const { program } of programs) program.dispose()
    },
  }
}
