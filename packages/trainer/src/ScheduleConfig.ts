/**
 * The learning rate over time, as an option of a run.
 *
 * @since 0.1.0
 */
import { LearningRate } from "@seed-grpo/grpo"
import { Schema } from "effect"
import { positive, share, withDefault } from "./internal/fields.ts"

/**
 * A schedule by its name, or with its options.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ScheduleConfig = Schema.Union([
  Schema.Literals(["constant", "linear", "cosine", "polynomial", "inverse-sqrt"]),
  Schema.Struct({
    kind: Schema.Literal("cosine"),
    /** Half a cycle falls once, and ends at the bottom. */
    cycles: withDefault(positive, 0.5),
    /** The lowest rate, as a share of the learning rate. */
    minimum: withDefault(share, 0),
  }),
  Schema.Struct({
    kind: Schema.Literal("polynomial"),
    power: withDefault(positive, 1),
    /** The last rate, as a share of the learning rate. */
    end: withDefault(share, 0),
  }),
  Schema.Struct({
    kind: Schema.Literal("inverse-sqrt"),
    /** In optimizer steps; the warm-up's length unless given, or 10,000. */
    timescale: Schema.optionalKey(positive),
  }),
])

/** What a name alone stands for. */
const named = {
  constant: { kind: "constant" },
  linear: { kind: "linear" },
  cosine: { kind: "cosine", cycles: 0.5, minimum: 0 },
  polynomial: { kind: "polynomial", power: 1, end: 0 },
  "inverse-sqrt": { kind: "inverse-sqrt", timescale: undefined },
} as const

/**
 * The schedule that options stand for.
 *
 * @since 0.1.0
 * @category conversions
 */
export const schedule = (
  config: typeof ScheduleConfig.Type,
  options: LearningRate.DecayOptions,
): LearningRate.Schedule => {
  const chosen = typeof config === "string" ? named[config] : config
  switch (chosen.kind) {
    case "constant":
      return LearningRate.constant(options)
    case "linear":
      return LearningRate.linear(options)
    case "cosine":
      return LearningRate.cosine({ ...options, cycles: chosen.cycles, minimum: chosen.minimum * options.rate })
    case "polynomial":
      return LearningRate.polynomial({ ...options, power: chosen.power, end: chosen.end * options.rate })
    case "inverse-sqrt":
      return LearningRate.inverseSquareRoot({ ...options, timescale: chosen.timescale })
  }
}
