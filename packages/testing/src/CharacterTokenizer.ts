/**
 * A `tokenizer.json` with one token per character, and one for each of some longer pieces.
 */

/** Ends a completion; id 0. */
export const END = "<|endoftext|>"
const UNKNOWN = "<unk>"

/** Byte-pair merges that build a piece from its characters, left to right. */
const mergesOf = (piece: string) =>
  Array.from({ length: piece.length - 1 }, (_, index) => [piece.slice(0, index + 1), piece[index + 1]!] as const)

/**
 * The two files of a character tokenizer, and how many ids it has. Pieces are made of the characters and must not share a
 * beginning.
 */
export const characterTokenizer = (characters: string, pieces: ReadonlyArray<string> = []) => {
  const merges = pieces.flatMap(mergesOf)
  const vocabulary = [END, UNKNOWN, ...characters, ...merges.map(([left, right]) => left + right)]
  const tokenizerJson = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [END, UNKNOWN].map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: "Fuse" },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: UNKNOWN,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges,
    },
  }
  return {
    size: vocabulary.length,
    tokenizerJson,
    tokenizerConfig: { tokenizer_class: "PreTrainedTokenizerFast", eos_token: END, unk_token: UNKNOWN },
  }
}
