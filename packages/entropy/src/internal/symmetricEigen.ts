/**
 * Eigenvalues and eigenvectors of a real symmetric matrix.
 *
 * @since 0.1.0
 */
import { sum } from "@seed-grpo/core/Numeric"

/** `A v_k = λ_k v_k`, with orthonormal `v_k`. */
export interface Eigen {
  /** `[n]`, ascending. */
  readonly values: ReadonlyArray<number>
  /** `[n, n]`: row `k` is the eigenvector of `values[k]`. Its sign is arbitrary. */
  readonly vectors: ReadonlyArray<Float64Array>
}

/** Rotates rows `p` and `q` of a row-major matrix of `n` columns. */
const rotateRows = (m: Float64Array, n: number, p: number, q: number, c: number, s: number): void => {
  for (let k = 0; k < n; k++) {
    const x = m[p * n + k]!
    const y = m[q * n + k]!
    m[p * n + k] = c * x - s * y
    m[q * n + k] = s * x + c * y
  }
}

const rotateColumns = (m: Float64Array, n: number, p: number, q: number, c: number, s: number): void => {
  for (let k = 0; k < n; k++) {
    const x = m[k * n + p]!
    const y = m[k * n + q]!
    m[k * n + p] = c * x - s * y
    m[k * n + q] = s * x + c * y
  }
}

/** Frobenius norm of what is off the diagonal. */
const offDiagonal = (a: Float64Array, n: number): number =>
  Math.sqrt(sum(a.map((value, index) => (index % (n + 1) === 0 ? 0 : value * value))))

/**
 * Eigenvalues and eigenvectors of a finite, symmetric `[n, n]` matrix by cyclic Jacobi rotations, which converge for every
 * such matrix (Forsythe & Henrici, 1960) in a handful of sweeps of `O(n³)`. Callers check the matrix first; of two entries
 * that rounding has made different, the mean counts.
 *
 * Each eigenvalue is off by at most a few `n · 2⁻⁵²` of the largest one.
 */
export const symmetricEigen = (matrix: ReadonlyArray<ReadonlyArray<number>>): Eigen => {
  const n = matrix.length
  // Entries are brought to [−1, 1], so that no square over- or underflows.
  const scale = matrix.reduce((max, row) => row.reduce((m, value) => Math.max(m, Math.abs(value)), max), 0) || 1
  const a = Float64Array.from({ length: n * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n]
    return matrix[i]![j]! / scale / 2 + matrix[j]![i]! / scale / 2
  })
  const vectors = Float64Array.from({ length: n * n }, (_, index) => (index % (n + 1) === 0 ? 1 : 0))
  const tolerance = Number.EPSILON * Math.sqrt(sum(a.map((value) => value * value)))
  while (offDiagonal(a, n) > tolerance) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!
        if (apq === 0) continue
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
        // The smaller root of t² + 2 θ t − 1, so that the angle is at most π/4: convergence needs it.
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
        const c = 1 / Math.hypot(t, 1)
        const s = t * c
        rotateRows(a, n, p, q, c, s)
        rotateColumns(a, n, p, q, c, s)
        a[p * n + q] = 0
        a[q * n + p] = 0
        rotateRows(vectors, n, p, q, c, s)
      }
    }
  }
  const order = Array.from({ length: n }, (_, k) => k).sort((k, l) => a[k * (n + 1)]! - a[l * (n + 1)]!)
  return {
    values: order.map((k) => a[k * (n + 1)]! * scale),
    vectors: order.map((k) => vectors.subarray(k * n, (k + 1) * n)),
  }
}
