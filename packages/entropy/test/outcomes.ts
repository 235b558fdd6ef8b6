/**
 * Every outcome of `n` answers from a distribution, as sizes of clusters in descending order, with its probability: the
 * expectation of anything that does not depend on the order of the clusters, without sampling.
 */
export const outcomes = (
  p: ReadonlyArray<number>,
  n: number,
): ReadonlyArray<{ readonly counts: ReadonlyArray<number>; readonly probability: number }> => {
  let states = new Map([["", { counts: [] as ReadonlyArray<number>, left: n, mass: 1, probability: 1 }]])
  for (const share of p) {
    const next: typeof states = new Map()
    for (const { counts, left, mass, probability } of states.values()) {
      // A meaning takes m of the answers that are left with chance Bin(m; left, share / mass).
      const chance = Math.min(1, share / mass)
      let binomial = (1 - chance) ** left
      for (let m = 0; m <= left; m++) {
        if (chance === 1) binomial = m === left ? 1 : 0
        const sizes = m === 0 ? counts : [...counts, m].sort((a, b) => b - a)
        const key = sizes.join()
        const known = next.get(key)
        next.set(key, {
          counts: sizes,
          left: left - m,
          mass: mass - share,
          probability: (known?.probability ?? 0) + probability * binomial,
        })
        binomial *= ((left - m) / (m + 1)) * (chance / (1 - chance))
      }
    }
    states = next
  }
  return [...states.values()].filter(({ left }) => left === 0)
}
