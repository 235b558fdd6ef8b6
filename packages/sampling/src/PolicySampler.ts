/**
 * Completions of the policy of this process: exact log-probabilities, because the sampler is the policy that is trained.
 *
 * @since 0.1.0
 */
import type { Completion, Group } from "@seed-grpo/core"
import { attempt } from "@seed-grpo/core/Attempt"
import * as Rng from "@seed-grpo/core/Rng"
import { Generation, Policy, StopTexts } from "@seed-grpo/runtime"
import { Effect, Layer } from "effect"
import { Sampler, SamplingError, type SampleRequest } from "./Sampler.ts"

const toSamplingError = (error: Generation.GenerationError): SamplingError =>
  new SamplingError({
    reason:
      error.reason === "non-finite-logits"
        ? "non-finite"
        : error.reason === "bad-request"
          ? "bad-request"
          : "bad-prompt",
    at: error.at,
    expected: error.expected,
    found: error.found,
    fix: error.fix,
    cause: error,
  })

/**
 * @since 0.1.0
 * @category models
 */
export interface PolicySamplerOptions {
  /**
   * Tokens of prompts and completions, at their longest, that are decoded side by side; a single group always is. Memory
   * grows with it; which tokens are sampled does not depend on it.
   */
  readonly batchTokens?: number
}

/** Splits problems, in order, into batches that fit. */
const batches = (
  prompts: ReadonlyArray<Int32Array>,
  tokensOf: (longestPrompt: number) => number,
  mostTokens: number,
): ReadonlyArray<ReadonlyArray<number>> => {
  const parts: Array<Array<number>> = []
  let longest = 0
  for (const [index, prompt] of prompts.entries()) {
    longest = Math.max(longest, prompt.length)
    const part = parts.at(-1)
    if (part !== undefined && (part.length + 1) * tokensOf(longest) <= mostTokens) part.push(index)
    else {
      parts.push([index])
      longest = prompt.length
    }
  }
  return parts
}

const make = Effect.fnUntraced(function* ({ batchTokens = 65_536 }: PolicySamplerOptions) {
  const { config, generate, tokenizer } = yield* Policy.Policy

  const sample = Effect.fn("PolicySampler.sample")(function* (
    request: SampleRequest,
  ): Effect.fn.Return<ReadonlyArray<Group>, SamplingError> {
    const { groupSize, maxTokens, problems, seed, step, stop, stream, ...distribution } = request
    const key = Rng.key(seed, stream)
    const isComplete = yield* attempt(Generation.GenerationError, () => StopTexts.endsWithAny(tokenizer, stop)).pipe(
      Effect.mapError(toSamplingError),
    )
    const names = problems.map(({ problem }) => Rng.hash(problem.id))
    const prompts = problems.map(({ prompt }) => tokenizer.encode(prompt))
    const rowTokens = (prompt: number) => groupSize * Math.min(prompt + maxTokens, config.maxPositions)
    const parts = yield* Effect.forEach(batches(prompts, rowTokens, batchTokens), (indices) =>
      generate({
        prompts: indices.map((index) => prompts[index]!),
        samples: groupSize,
        maxTokens,
        ...distribution,
        endTokens: config.endTokens,
        ...(stop.length === 0 ? {} : { isComplete }),
        uniform: (row, token) =>
          Rng.uniform(key, [step, names[indices[Math.floor(row / groupSize)]!]!, row % groupSize, token]),
      }).pipe(Effect.mapError(toSamplingError)),
    )
    const completions = parts.flat().map(({ finish, logprobs, tokens }): Completion => ({
      text: tokenizer.decode(tokens.filter(tokenizer.isKnown)),
      tokens,
      logprobs,
      finish,
    }))
    return problems.map(({ problem, prompt }, index) => ({
      problem,
      prompt,
      promptTokens: prompts[index]!,
      completions: completions.slice(index * groupSize, (index + 1) * groupSize),
    }))
  })

  return Sampler.of({
    sample,
    countTokens: (prompt) => Effect.sync(() => tokenizer.encode(prompt).length),
    contextLength: config.maxPositions,
  })
})

/**
 * Samples from the {@link Policy.Policy}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: PolicySamplerOptions = {}): Layer.Layer<Sampler, never, Policy.Policy> =>
  Layer.effect(Sampler, make(options))
