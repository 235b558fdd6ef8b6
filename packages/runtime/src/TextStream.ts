/**
 * Text as it is generated: characters whose bytes are spread over several tokens appear once they are complete.
 *
 * @since 0.1.0
 */
import type { DecodeOptions, Tokenizer } from "./Tokenizer.ts"

/**
 * Text that is final so far. What `push` and `flush` return, joined, is what `decode` gives for all tokens at once.
 *
 * @since 0.1.0
 * @category models
 */
export interface TextStream {
  readonly push: (token: number) => string
  /** The rest, when no token follows. */
  readonly flush: () => string
}

/** More tokens than this without a whole character are no character: UTF-8 takes four bytes at most. */
const MAX_OPEN = 8

/**
 * A stream of the tokens of one text. Each token is decoded together with the few before it that a decoder can look back
 * at, and never the whole text again; only a run of SentencePiece's byte tokens has to end before it says anything.
 *
 * @throws TokenizerError for an id that the vocabulary does not have
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { readFileSync } from "node:fs"
 * import { TextStream, Tokenizer } from "@seed-grpo/runtime"
 *
 * const file = "test/fixtures/tiny-qwen2/tokenizer.json"
 * const tokenizer = Tokenizer.fromJson(JSON.parse(readFileSync(file, "utf8")))
 * const stream = TextStream.make(tokenizer)
 * // The emoji is four tokens of one byte each.
 * assert.deepEqual(Array.from(tokenizer.encode("a😀"), stream.push), ["a", "", "", "", "😀"])
 * assert.equal(stream.flush(), "")
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (tokenizer: Tokenizer, options: DecodeOptions = {}): TextStream => {
  const decode = (tokens: ReadonlyArray<number>) => tokenizer.decode(tokens, options)
  /** Tokens whose text is out already: a decoder that treats the start of a text otherwise must not see one here. */
  let context: ReadonlyArray<number> = []
  let contextLength = 0
  let open: Array<number> = []
  /** Characters of `open` that are out already. */
  let written = 0

  const close = (count: number, length: number): void => {
    context = open.slice(0, count)
    contextLength = decode(context).length
    open = open.slice(count)
    written -= length
  }

  const advance = (final: boolean): string => {
    const text = decode([...context, ...open]).slice(contextLength)
    // An unfinished character is decoded as one replacement character; a later byte may still complete it.
    const sure = !final && text.endsWith("\uFFFD") ? text.slice(0, -1) : text
    const fresh = sure.slice(written)
    written = sure.length
    if (sure === text) {
      if (text !== "") close(open.length, text.length)
    } else if (open.length > MAX_OPEN) {
      const count = open.length - MAX_OPEN / 2
      const early = open.slice(0, count)
      const before = decode([...context, ...early]).slice(contextLength)
      // Equal, unless a character reaches over the cut.
      if (before + decode(open).slice(decode(early).length) === text) close(count, before.length)
    }
    return fresh
  }

  return {
    push: (token) => {
      // It is taken out before decoding, even from between the bytes of one character.
      if (options.specialTokens !== true && tokenizer.specialTokens.has(token)) return ""
      open.push(token)
      return tokenizer.isByte(token) ? "" : advance(false)
    },
    flush: () => advance(true),
  }
}
