/**
 * A `tokenizer.json` with one token per character, and one for each of some longer pieces: byte-level, as Qwen's, so that
 * other tools read it the same way.
 */

/** Ends a completion; id 0. */
export const END = "<|endoftext|>"

/** Bytes that byte-level vocabularies write as themselves; the others get characters from U+0100 on, in order. */
const PRINTABLE = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
] as const

const isPrintable = (byte: number) => PRINTABLE.some(([from, to]) => byte >= from && byte <= to)

const characterOfByte = (byte: number): string => {
  if (isPrintable(byte)) return String.fromCharCode(byte)
  let before = 0
  for (let other = 0; other < byte; other++) if (!isPrintable(other)) before += 1
  return String.fromCharCode(0x100 + before)
}

/** A character as a byte-level vocabulary spells it. */
const spell = (character: string): ReadonlyArray<string> =>
  Array.from(new TextEncoder().encode(character), characterOfByte)

/** Merges that build a character from its bytes, left to right. */
const mergesOf = (spelling: ReadonlyArray<string>) =>
  spelling.slice(1).map((byte, index) => [spelling.slice(0, index + 1).join(""), byte] as const)

const added = (content: string, id: number, special: boolean) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special,
})

/**
 * The two files of a character tokenizer, and how many ids it has. Pieces are matched before characters, the longest
 * first.
 */
export const characterTokenizer = (characters: string, pieces: ReadonlyArray<string> = []) => {
  const spellings = [...characters].map(spell)
  const merges = spellings.flatMap(mergesOf)
  const bytes = [...new Set(spellings.flat())]
  const vocabulary = [END, ...bytes, ...merges.map(([left, right]) => left + right)]
  const size = vocabulary.length + pieces.length
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false }
  return {
    size,
    tokenizerJson: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [
        added(END, 0, true),
        ...pieces.map((piece, index) => added(piece, vocabulary.length + index, false)),
      ],
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
        merges,
      },
    },
    tokenizerConfig: { tokenizer_class: "PreTrainedTokenizerFast", eos_token: END },
  }
}
