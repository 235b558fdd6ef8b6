/**
 * Whether the hot paths run as compiled programs, and who is told when one is made.
 *
 * @since 0.1.0
 */
import type { Compile } from "@seed-grpo/compile"
import { Context } from "effect"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly enabled: boolean
  readonly onCompile?: NonNullable<Compile.Options["onCompile"]>
}

/**
 * On native TensorFlow, decoding and gradients are compiled unless this says otherwise; other back-ends run eagerly
 * whatever it says. A program takes seconds to make and is made once for each bucket of sizes.
 *
 * @example
 * ```ts
 * import { Compilation } from "@seed-grpo/runtime"
 * import { Layer } from "effect"
 *
 * // Kernel by kernel, as a reference.
 * export const eager = Layer.succeed(Compilation.Compilation, { enabled: false })
 * // Compiled, with a line for every program.
 * export const told = Layer.succeed(Compilation.Compilation, {
 *   enabled: true,
 *   onCompile: ({ name, signature }) => console.error(`compiling ${name} for ${signature}`)
 * })
 * ```
 *
 * @since 0.1.0
 * @category services
 */
export const Compilation: Context.Reference<Options> = Context.Reference<Options>("@seed-grpo/runtime/Compilation", {
  defaultValue: () => ({ enabled: true }),
})
