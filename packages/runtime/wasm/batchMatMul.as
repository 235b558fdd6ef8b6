/**
 * Batched products of float32 matrices for the WebAssembly back-end, in AssemblyScript. `node wasm/compile.ts` compiles it
 * into `src/internal/batchMatMulWasm.ts`.
 */

/**
 * `c[t] = a[t] b[t]` for `batch` pairs of matrices `[m, k]` and `[k, n]`, whose elements lie at the given strides, in
 * numbers. `packed` has room for `k × N` numbers and `tile` for `m × N`, with `N` the next multiple of 8 above `n`.
 */
export function batchMatMul(
  a: usize, b: usize, c: usize,
  batch: i32, m: i32, k: i32, n: i32,
  aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
  packed: usize, tile: usize,
): void {
  const wide = (n + 7) & ~7
  const direct = wide == n && bColumn == 1
  const aStep = <usize>(aColumn << 2)
  const bStep = <usize>(wide << 2)
  for (let t = 0; t < batch; t++) {
    // Columns side by side, and zeros up to the next multiple of 8.
    let right = b
    if (!direct) {
      right = packed
      for (let i = 0; i < k; i++) {
        let to = packed + <usize>((i * wide) << 2)
        let from = b + <usize>((i * bRow) << 2)
        for (let j = 0; j < n; j++) {
          store<f32>(to, load<f32>(from))
          to += 4
          from += <usize>(bColumn << 2)
        }
        for (let j = n; j < wide; j++) {
          store<f32>(to, 0)
          to += 4
        }
      }
    }
    const out = wide == n ? c : tile
    let i = 0
    for (; i + 4 <= m; i += 4) {
      for (let j = 0; j < wide; j += 8) {
        let a0 = a + <usize>((i * aRow) << 2)
        let a1 = a0 + <usize>(aRow << 2)
        let a2 = a1 + <usize>(aRow << 2)
        let a3 = a2 + <usize>(aRow << 2)
        let p = right + <usize>(j << 2)
        let c00 = f32x4.splat(0), c01 = f32x4.splat(0)
        let c10 = f32x4.splat(0), c11 = f32x4.splat(0)
        let c20 = f32x4.splat(0), c21 = f32x4.splat(0)
        let c30 = f32x4.splat(0), c31 = f32x4.splat(0)
        for (let l = 0; l < k; l++) {
          const b0 = v128.load(p), b1 = v128.load(p, 16)
          let x = v128.load32_splat(a0)
          c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1))
          x = v128.load32_splat(a1)
          c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1))
          x = v128.load32_splat(a2)
          c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1))
          x = v128.load32_splat(a3)
          c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1))
          a0 += aStep; a1 += aStep; a2 += aStep; a3 += aStep
          p += bStep
        }
        let to = out + <usize>((i * wide + j) << 2)
        v128.store(to, c00); v128.store(to, c01, 16); to += bStep
        v128.store(to, c10); v128.store(to, c11, 16); to += bStep
        v128.store(to, c20); v128.store(to, c21, 16); to += bStep
        v128.store(to, c30); v128.store(to, c31, 16)
      }
    }
    for (; i < m; i++) {
      for (let j = 0; j < wide; j += 8) {
        let a0 = a + <usize>((i * aRow) << 2)
        let p = right + <usize>(j << 2)
        let c00 = f32x4.splat(0), c01 = f32x4.splat(0)
        for (let l = 0; l < k; l++) {
          const x = v128.load32_splat(a0)
          c00 = f32x4.add(c00, f32x4.mul(x, v128.load(p))); c01 = f32x4.add(c01, f32x4.mul(x, v128.load(p, 16)))
          a0 += aStep
          p += bStep
        }
        const to = out + <usize>((i * wide + j) << 2)
        v128.store(to, c00)
        v128.store(to, c01, 16)
      }
    }
    if (wide != n) {
      for (let row = 0; row < m; row++) {
        memory.copy(c + <usize>((row * n) << 2), tile + <usize>((row * wide) << 2), <usize>(n << 2))
      }
    }
    a += <usize>((m * k) << 2)
    b += <usize>((k * n) << 2)
    c += <usize>((m * n) << 2)
  }
}
