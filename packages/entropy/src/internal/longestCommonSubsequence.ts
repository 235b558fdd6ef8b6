/**
 * The longest common subsequence of two sequences of tokens.
 *
 * @since 0.1.0
 */

/**
 * Length of the longest common subsequence, 32 columns of the classic table at a time: a bit is 0 where the table's row
 * steps up, and one addition carries a whole row over a word (Hyyrö, "Bit-parallel LCS-length computation revisited",
 * AWOCA 2004). `O(n ⌈m / 32⌉)` steps and `O(m)` memory, for `m` tokens in `a` and `n` in `b`.
 */
export const longestCommonSubsequence = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number => {
  const positions = new Map<string, Array<number>>()
  for (const [index, token] of a.entries()) {
    const known = positions.get(token)
    if (known === undefined) positions.set(token, [index])
    else known.push(index)
  }
  const words = Math.ceil(a.length / 32)
  const row = new Uint32Array(words).fill(0xffffffff)
  // Where a token stands in `a`, as bits. A rare token's are set for its turn only. Those of a token with more places
  // than words are kept: at most 32 tokens are that frequent, so that neither time nor memory exceeds its bound.
  const scratch = new Uint32Array(words)
  const kept = new Map<string, Uint32Array>()
  for (const token of b) {
    const places = positions.get(token)
    if (places === undefined) continue
    const known = kept.get(token)
    const frequent = places.length > words
    const matches = known ?? (frequent ? new Uint32Array(words) : scratch)
    if (known === undefined) {
      for (const index of places) matches[index >>> 5]! |= 1 << (index & 31)
      if (frequent) kept.set(token, matches)
    }
    let carry = 0
    for (let word = places[0]! >>> 5; word < words; word++) {
      const old = row[word]!
      const hit = (old & matches[word]!) >>> 0
      const total = old + hit + carry
      carry = total > 0xffffffff ? 1 : 0
      row[word] = total | (old & ~hit)
    }
    if (!frequent) for (const index of places) scratch[index >>> 5] = 0
  }
  let length = 0
  for (let index = 0; index < a.length; index++) length += 1 - ((row[index >>> 5]! >>> (index & 31)) & 1)
  return length
}
