/**
 * What an optimizer remembers, on its way to checkpoints and back: tensors in checkpoint layout, named `slot.parameter`.
 *
 * @since 0.1.0
 */
import { type ModelConfig, Parameters, type Safetensors } from "@seed-grpo/runtime"
import { type Optimizer, OptimizerError, type OptimizerState } from "./Optimizer.ts"

/**
 * The tensors of a state by one name each.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toHost = async (
  config: ModelConfig.ModelConfig,
  { slots }: OptimizerState,
): Promise<Safetensors.HostTensors> => {
  const named = async (slot: string) =>
    [...(await Parameters.toHost(config, slots[slot]!))].map(([name, tensor]) => [`${slot}.${name}`, tensor] as const)
  return new Map((await Promise.all(Object.keys(slots).map(named))).flat())
}

/**
 * A state of exactly such tensors, for what is trainable of an architecture.
 *
 * @throws {OptimizerError} when one is missing, unknown or of another shape: they are of another optimizer or model
 *
 * @since 0.1.0
 * @category conversions
 */
export const fromHost = (
  { name: method, slots }: Optimizer,
  config: ModelConfig.ModelConfig,
  step: number,
  tensors: Safetensors.HostTensors,
): OptimizerState => {
  const trainable = Parameters.trainable(config)
  const unknown = new Set(tensors.keys())
  for (const slot of slots) {
    for (const { name, shape } of trainable) {
      const found = tensors.get(`${slot}.${name}`)
      if (found === undefined) throw OptimizerError.missing(method, `${slot}.${name}`)
      if (found.shape.join() !== shape.join()) {
        throw OptimizerError.otherShape(method, `${slot}.${name}`, shape, found.shape)
      }
      unknown.delete(`${slot}.${name}`)
    }
  }
  const [first] = unknown
  if (first !== undefined) throw OptimizerError.unknown(method, first)
  const of = (slot: string) =>
    Parameters.upload(trainable, new Map(trainable.map(({ name }) => [name, tensors.get(`${slot}.${name}`)!] as const)))
  return { step, slots: Object.fromEntries(slots.map((slot) => [slot, of(slot)])) }
}
