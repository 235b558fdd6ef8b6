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

/**
 * A stream of the tokens of one text. Each token is decoded together with the few before it that a decoder can look back
 * at, and never the whole text again.
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
  let written = 0

  const advance = (final: boolean): string => {
    const text = decode([...context, ...open]).slice(contextLength)
    // An unfinished character is decoded as one replacement character; a later byte may still complete it.
    const sure = !final && text.endsWith("\uFFFD") ? text.slice(0, -1) : text
    const fresh = sure.slice(written)
    written = sure.length
    if (sure === text && text !== "") {
      context = open
      contextLength = decode(context).length
      open = []
      written = 0
    }
    return fresh
  }

  return {
    push: (token) => {
      open.push(token)
      return tokenizer.isByte(token) ? "" : advance(false)
    },
    flush: () => advance(true),
  }
}
