/** What is known of a completion while it grows, and what is refused before it does. */
import type { FinishReason } from "@seed-grpo/core"
import type * as DrawToken from "../DrawToken.ts"
import { type Generated, GenerationError, type GenerationRequest } from "../Generation.ts"
import type { ModelConfig } from "../ModelConfig.ts"
import type { SamplingOptions } from "../TokenDistribution.ts"

export const checkRequest = (config: ModelConfig, request: GenerationRequest): void => {
  const refuse = (
    reason: GenerationError["reason"],
    at: string,
    expected: string,
    found: string,
    fix: string,
  ): never => {
    throw new GenerationError({ reason, at, expected, found, fix })
  }
  for (const [name, value] of [
    ["samples", request.samples],
    ["maxTokens", request.maxTokens],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      refuse("bad-request", name, "a whole number of at least 1", `${value}`, "Ask for at least one.")
    }
  }
  const within = (name: keyof SamplingOptions, expected: string, fix: string, is: (value: number) => boolean) => {
    const value = request[name]
    if (value !== undefined && !(Number.isFinite(value) && is(value))) {
      refuse("bad-request", name, expected, `${value}`, fix)
    }
  }
  within("temperature", "a number of at least 0", "Use 1 to sample, 0 for greedy.", (value) => value >= 0)
  within("topK", "a whole number of at least 0", "Use 0 for all tokens.", (k) => Number.isSafeInteger(k) && k >= 0)
  within("topP", "a share above 0 and up to 1", "Use 1 for all tokens.", (share) => share > 0 && share <= 1)
  within("minP", "a share from 0 to 1", "Use 0 for all tokens.", (share) => share >= 0 && share <= 1)
  within("repetitionPenalty", "a number above 0", "Use 1 for no penalty.", (penalty) => penalty > 0)
  const isToken = (token: number) => Number.isSafeInteger(token) && token >= 0 && token < config.vocabularySize
  const badEnd = request.endTokens.find((token) => !isToken(token))
  if (badEnd !== undefined) {
    refuse("bad-token", "endTokens", `ids below ${config.vocabularySize}`, `${badEnd}`, "Use tokens of this model.")
  }
  for (const [index, prompt] of request.prompts.entries()) {
    const at = `prompt ${index}`
    if (prompt.length === 0) refuse("empty-prompt", at, "at least one token", "none", "Give the prompt some text.")
    if (prompt.length >= config.maxPositions) {
      refuse(
        "prompt-too-long",
        at,
        `fewer than ${config.maxPositions} tokens`,
        `${prompt.length}`,
        "Shorten the prompt, or use a model with more context.",
      )
    }
    const bad = prompt.find((token) => !isToken(token))
    if (bad !== undefined) {
      refuse("bad-token", at, `ids below ${config.vocabularySize}`, `${bad}`, "Use the tokenizer of this checkpoint.")
    }
  }
}

export interface Row {
  readonly index: number
  readonly prompt: Int32Array
  readonly limit: number
  readonly tokens: Array<number>
  /** Tokens of the prompt and of the completion. */
  readonly seen: Set<number>
  readonly drawn: Array<DrawToken.Drawn>
  finish: FinishReason | undefined
}

export const newRow = (
  index: number,
  prompts: ReadonlyArray<Int32Array>,
  { maxTokens, samples }: GenerationRequest,
  { maxPositions }: ModelConfig,
): Row => {
  const prompt = prompts[Math.floor(index / samples)]!
  const limit = Math.min(maxTokens, maxPositions - prompt.length)
  return { index, prompt, limit, tokens: [], seen: new Set(prompt), drawn: [], finish: undefined }
}

/**
 * Adds a token to a row, and ends the row where it has to.
 *
 * @throws GenerationError where the token's log-probability is not finite
 */
export const accept = (
  row: Row,
  drawn: DrawToken.Drawn,
  { isComplete }: GenerationRequest,
  endTokens: ReadonlySet<number>,
): void => {
  if (!Number.isFinite(drawn.logprob)) {
    throw new GenerationError({
      reason: "non-finite-logits",
      at: `row ${row.index}, token ${row.tokens.length}`,
      expected: "finite logits",
      found: `${drawn.logprob}`,
      fix: "The weights hold NaN or infinity; go back to an earlier checkpoint.",
    })
  }
  row.tokens.push(drawn.token)
  row.seen.add(drawn.token)
  row.drawn.push(drawn)
  if (endTokens.has(drawn.token) || isComplete?.(row.tokens) === true) row.finish = "stop"
  else if (row.tokens.length === row.limit) row.finish = "length"
}

export const generated = ({ drawn, finish }: Row): Generated => ({
  tokens: Int32Array.from(drawn, ({ token }) => token),
  logprobs: Float64Array.from(drawn, ({ logprob }) => logprob),
  temperedLogprobs: Float64Array.from(drawn, ({ temperedLogprob }) => temperedLogprob),
  policyLogprobs: Float64Array.from(drawn, ({ policyLogprob }) => policyLogprob),
  finish: finish ?? "length",
})
