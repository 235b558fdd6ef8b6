/**
 * The demo policy's tokenizer: one token per character, and one for each piece of a LaTeX fraction.
 */
const END = "<|endoftext|>"
const CHARACTERS = [..."0123456789+-×÷/=.%\\{}frac"]
const PIECES = ["\\frac{", "}{", "\\%"]

/** Byte-pair merges that build a piece from its characters, left to right. */
const mergesOf = (piece: string) =>
  Array.from({ length: piece.length - 1 }, (_, index) => [piece.slice(0, index + 1), piece[index + 1]!] as const)

const merges = PIECES.flatMap(mergesOf)
const vocabulary = [END, "<unk>", ...CHARACTERS, ...merges.map(([left, right]) => left + right)]

export const endToken = 0

export const tokenizerJson = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [END, "<unk>"].map((content, id) => ({
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
    unk_token: "<unk>",
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    merges,
  },
}

export const tokenizerConfig = { tokenizer_class: "PreTrainedTokenizerFast", eos_token: END, unk_token: "<unk>" }

export const vocabularySize = vocabulary.length
