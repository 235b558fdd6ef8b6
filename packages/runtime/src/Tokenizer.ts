/**
 * Text to token ids and back, as the `tokenizer.json` of a checkpoint says.
 *
 * @since 0.1.0
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * A tokenizer.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tokenizer {
  /** Every id is below this. */
  readonly size: number
  /** Token ids of a text, with the special tokens that the tokenizer itself adds around it. */
  readonly encode: (text: string) => Int32Array
  /** Text of token ids, without special tokens. */
  readonly decode: (tokens: ArrayLike<number>) => string
}

/**
 * Why a `tokenizer.json` was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class TokenizerError extends ExplainedError<"not-a-tokenizer"> {
  readonly _tag = "TokenizerError"
}

/**
 * Builds a tokenizer from the parsed `tokenizer.json`, and `tokenizer_config.json` where there is one.
 *
 * @throws TokenizerError
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromJson = (tokenizerJson: unknown, tokenizerConfig: unknown = {}): Tokenizer => {
  let tokenizer: HuggingFaceTokenizer
  try {
    // Cleaning spaces up would make decode lossy; it is what a model printed that gets graded.
    tokenizer = new HuggingFaceTokenizer(tokenizerJson, {
      ...(tokenizerConfig as object),
      clean_up_tokenization_spaces: false,
    })
  } catch (cause) {
    throw new TokenizerError({
      reason: "not-a-tokenizer",
      at: "tokenizer.json",
      expected: "a Hugging Face tokenizer",
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "Download the checkpoint's tokenizer files again.",
      cause,
    })
  }
  let size = 0
  for (const id of tokenizer.get_vocab(true).values()) size = Math.max(size, id + 1)
  return {
    size,
    encode: (text) => Int32Array.from(tokenizer.encode(text).ids),
    decode: (tokens) =>
      tokens.length === 0 ? "" : tokenizer.decode(Array.from(tokens), { skip_special_tokens: true }),
  }
}
