/**
 * A memory for a model of entailment. It keeps the probabilities and not the verdict, so that layers with other rules can
 * share one.
 *
 * @since 0.1.0
 */
import type { Entailment, NliModel } from "./NliModel.ts"

/**
 * The model, with a memory of up to `capacity` ordered pairs; the oldest are forgotten first.
 *
 * @since 0.1.0
 * @category combinators
 */
export const cached = (model: NliModel, capacity = 100_000): NliModel => {
  const known = new Map<string, Entailment>()
  return {
    ...model,
    entailment: async (pairs, signal) => {
      const names = pairs.map((pair) => JSON.stringify(pair))
      // Taken before anything is awaited: another call may push it out.
      const results = new Map(names.map((name) => [name, known.get(name)]))
      const asked = new Map(names.flatMap((name, i) => (results.get(name) === undefined ? [[name, pairs[i]!]] : [])))
      const said = asked.size === 0 ? [] : await model.entailment([...asked.values()], signal)
      for (const [i, name] of [...asked.keys()].entries()) {
        results.set(name, said[i])
        known.set(name, said[i]!)
      }
      for (const oldest of known.keys()) {
        if (known.size <= capacity) break
        known.delete(oldest)
      }
      return names.map((name) => results.get(name)!)
    },
  }
}
