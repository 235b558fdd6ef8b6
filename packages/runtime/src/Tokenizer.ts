/**
 * Text to token ids and back, as the `tokenizer.json` of a checkpoint says.
 *
 * @since 0.1.0
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * @since 0.1.0
 * @category models
 */
export interface EncodeOptions {
  /** Whether the tokenizer adds the special tokens that it itself puts around a text; it does unless told not to. */
  readonly specialTokens?: boolean
}

/**
 * @since 0.1.0
 * @category models
 */
export interface DecodeOptions {
  /** Whether special tokens are written out; they are left out unless asked for. */
  readonly specialTokens?: boolean
}

/**
 * A tokenizer.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tokenizer {
  /** Every id is below this. */
  readonly size: number
  /** Token ids of a text. Half a surrogate pair, which no Unicode text has, is read as U+FFFD. */
  readonly encode: (text: string, options?: EncodeOptions) => Int32Array
  /**
   * Text of token ids.
   *
   * @throws TokenizerError for an id that the vocabulary does not have
   */
  readonly decode: (tokens: ArrayLike<number>, options?: DecodeOptions) => string
  /** The id of a token by its name in the vocabulary: `<|im_end|>`. */
  readonly idOf: (token: string) => number | undefined
  /**
   * Whether the token is one byte of a run that is only decoded as a whole, as SentencePiece's `<0xE2>`: what the run says
   * is not known before it ends.
   */
  readonly isByte: (token: number) => boolean
  /** Whether the vocabulary has this id. A model's own may be larger: it may sample ids that stand for no text. */
  readonly isKnown: (token: number) => boolean
}

/**
 * Why a `tokenizer.json` was refused, or ids that are not its own.
 *
 * @since 0.1.0
 * @category errors
 */
export class TokenizerError extends ExplainedError<"not-a-tokenizer" | "unknown-token"> {
  readonly _tag = "TokenizerError"
}

interface Decoder {
  readonly config: { readonly type: string }
  readonly decoders?: ReadonlyArray<Decoder>
  decode_chain: (tokens: ReadonlyArray<string>) => ReadonlyArray<string>
}

const BYTE = /^<0x([0-9A-Fa-f]{2})>$/

/**
 * Runs of byte tokens as the original decodes them: a run that is not UTF-8 as a whole becomes U+FFFD for each of its
 * bytes, and a byte-order mark stays. `@huggingface/tokenizers` 0.2.0 replaces the faulty part of a run only, and drops
 * byte-order marks.
 */
const decodeBytes = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => {
  const texts: Array<string> = []
  let run: Array<number> = []
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const endRun = () => {
    if (run.length === 0) return
    try {
      texts.push(utf8.decode(Uint8Array.from(run)))
    } catch {
      texts.push("\uFFFD".repeat(run.length))
    }
    run = []
  }
  for (const token of tokens) {
    const byte = BYTE.exec(token)
    if (byte !== null) run.push(Number.parseInt(byte[1]!, 16))
    else {
      endRun()
      texts.push(token)
    }
  }
  endRun()
  return texts
}

/** The byte-fallback steps of a decoder; a decoder without any knows no byte tokens. */
const byteFallbacks = (decoder: Decoder): ReadonlyArray<Decoder> =>
  decoder.config.type === "ByteFallback" ? [decoder] : (decoder.decoders ?? []).flatMap(byteFallbacks)

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
  const decoder = tokenizer.decoder as unknown as Decoder | null
  const fallbacks = decoder === null ? [] : byteFallbacks(decoder)
  for (const fallback of fallbacks) fallback.decode_chain = decodeBytes
  let size = 0
  const known = new Set<number>()
  const bytes = new Set<number>()
  for (const [token, id] of tokenizer.get_vocab(true)) {
    size = Math.max(size, id + 1)
    known.add(id)
    if (fallbacks.length > 0 && BYTE.test(token)) bytes.add(id)
  }
  return {
    size,
    encode: (text, { specialTokens = true } = {}) =>
      Int32Array.from(tokenizer.encode(text.toWellFormed(), { add_special_tokens: specialTokens }).ids),
    decode: (tokens, { specialTokens = false } = {}) => {
      const ids = Array.from(tokens)
      const unknown = ids.find((id) => !known.has(id))
      if (unknown !== undefined) {
        throw new TokenizerError({
          reason: "unknown-token",
          at: "decode",
          expected: `ids of the tokenizer's ${known.size} tokens`,
          found: `${unknown}`,
          fix: "Decode with the tokenizer of the model that made them.",
        })
      }
      return ids.length === 0 ? "" : tokenizer.decode(ids, { skip_special_tokens: !specialTokens })
    },
    idOf: (token) => tokenizer.token_to_id(token),
    isByte: (token) => bytes.has(token),
    isKnown: (token) => known.has(token),
  }
}
