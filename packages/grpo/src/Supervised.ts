/**
 * Maximum likelihood: imitation of given completions, for warm starts and baselines.
 *
 * @since 0.1.0
 */
import { perCompletion } from "./Aggregation.ts"
import { logLikelihood } from "./LogLikelihood.ts"
import { make, type Objective } from "./Objective.ts"

/**
 * `(1 / B) Σᵢ (1 / |oᵢ|) Σₜ −Aᵢ ln π`: the mean negative log-likelihood of each completion, in nats per token,
 * weighted by its advantage (1 for plain imitation).
 *
 * @since 0.1.0
 * @category objectives
 */
export const supervised: Objective = make({
  name: "supervised",
  tokenLoss: logLikelihood,
  aggregation: perCompletion,
})
