/**
 * Text to token ids and back, as the `tokenizer.json` of a checkpoint says.
 *
 * @since 0.1.0
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { problemOf } from "./internal/tokenizerJson.ts"

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
  /** What decoding leaves out unless asked for it: the ends of texts and turns, padding. */
  readonly specialTokens: ReadonlySet<number>
  /**
   * Token ids of a text. Half a surrogate pair, which no Unicode text has, is read as U+FFFD.
   *
   * @throws TokenizerError for more than four million UTF-16 units
   */
  readonly encode: (text: string, options?: EncodeOptions) => Int32Array
  /**
   * Text of token ids. Ids that only the model has, which is often padded, have no text.
   *
   * @throws TokenizerError for an id that neither has
   */
  readonly decode: (tokens: ArrayLike<number>, options?: DecodeOptions) => string
  /** The id of a token by its name in the vocabulary: `<|im_end|>`. */
  readonly idOf: (token: string) => number | undefined
  /** The name of a token, as the vocabulary writes it: `Ġthe`, `▁the`, `<0x0A>`. */
  readonly tokenOf: (id: number) => string | undefined
  /**
   * Whether the token is one byte of a run that is only decoded as a whole, as SentencePiece's `<0xE2>`: what the run says
   * is not known before it ends.
   */
  readonly isByte: (token: number) => boolean
  /** Whether the vocabulary has this id. A model's own may be larger: it may sample ids that stand for no text. */
  readonly isKnown: (token: number) => boolean
}

/**
 * Why a `tokenizer.json` was refused, or a text, or ids that are not its own.
 *
 * @since 0.1.0
 * @category errors
 */
export class TokenizerError extends ExplainedError<"not-a-tokenizer" | "unsupported" | "unknown-token" | "too-long"> {
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

/** Encoding takes seconds a million: time grows with the length alone, whatever the text is. */
const MAX_TEXT = 4_000_000

const tooLong = (found: string, cause?: unknown): TokenizerError =>
  new TokenizerError({
    reason: "too-long",
    at: "encode",
    expected: `a text of at most ${MAX_TEXT} UTF-16 units`,
    found,
    fix: "Split the text.",
    cause,
  })

const build = (tokenizerJson: unknown, tokenizerConfig: unknown): HuggingFaceTokenizer => {
  const problem = problemOf(tokenizerJson)
  if (problem !== undefined) {
    throw new TokenizerError({
      reason: "unsupported",
      at: "tokenizer.json",
      expected: "what is encoded here as by the original",
      found: problem,
      fix: "Use a model with a byte-level or SentencePiece BPE tokenizer.",
    })
  }
  try {
    const tokenizer = new HuggingFaceTokenizer(tokenizerJson, {
      ...(tokenizerConfig as object),
      // Cleaning spaces up would make decode lossy; it is what a model printed that gets graded.
      clean_up_tokenization_spaces: false,
      // The original reads these from tokenizer.json alone.
      remove_space: false,
      do_lowercase_and_remove_accent: false,
    })
    // Most of a pipeline is first looked at when it is used.
    const { ids } = tokenizer.encode("a b") as { readonly ids: ReadonlyArray<number | undefined> }
    if (ids.includes(undefined)) throw new TypeError("tokens without an id")
    if (ids.length > 0) tokenizer.decode(ids)
    return tokenizer
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
}

/**
 * Builds a tokenizer from the parsed `tokenizer.json`, and `tokenizer_config.json` where there is one. BPE, byte-level or
 * as SentencePiece does it, gives the ids and texts of Hugging Face's `tokenizers`; what would not is refused by name. The
 * model may have more ids than the tokenizer has tokens: `vocabularySize`.
 *
 * @throws TokenizerError
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromJson = (tokenizerJson: unknown, tokenizerConfig: unknown = {}, vocabularySize = 0): Tokenizer => {
  const tokenizer = build(tokenizerJson, tokenizerConfig)
  const decoder = tokenizer.decoder as unknown as Decoder | null
  const fallbacks = decoder === null ? [] : byteFallbacks(decoder)
  for (const fallback of fallbacks) fallback.decode_chain = decodeBytes
  let size = 0
  const special = new Set(tokenizer.special_tokens)
  const specialTokens = new Set<number>()
  const bytes = new Set<number>()
  for (const [token, id] of tokenizer.get_vocab(true)) {
    size = Math.max(size, id + 1)
    if (special.has(token)) specialTokens.add(id)
    if (fallbacks.length > 0 && BYTE.test(token)) bytes.add(id)
  }
  return {
    size,
    specialTokens,
    encode: (text, { specialTokens = true } = {}) => {
      if (text.length > MAX_TEXT) throw tooLong(`${text.length}`)
      try {
        return Int32Array.from(tokenizer.encode(text.toWellFormed(), { add_special_tokens: specialTokens }).ids)
      } catch (cause) {
        // The engine's stack: some pipelines pass all tokens of a text as arguments, or backtrack over all of it.
        if (cause instanceof RangeError) throw tooLong(`${text.length} that are too many at once`, cause)
        throw cause
      }
    },
    decode: (tokens, { specialTokens = false } = {}) => {
      const ids = Array.from(tokens).filter((id) => {
        if (tokenizer.id_to_token(id) !== undefined) return true
        if (Number.isInteger(id) && id >= 0 && id < vocabularySize) return false
        throw new TokenizerError({
          reason: "unknown-token",
          at: "decode",
          expected: `ids of the tokenizer's tokens, all below ${size}`,
          found: `${id}`,
          fix: "Decode with the tokenizer of the model that made them.",
        })
      })
      return ids.length === 0 ? "" : tokenizer.decode(ids, { skip_special_tokens: !specialTokens })
    },
    idOf: (token) => tokenizer.token_to_id(token),
    tokenOf: (id) => tokenizer.id_to_token(id),
    isByte: (token) => bytes.has(token),
    isKnown: (token) => tokenizer.id_to_token(token) !== undefined,
  }
}
