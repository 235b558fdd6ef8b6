/**
 * Batched products of float32 matrices for the WebAssembly back-end, in AssemblyScript. `node wasm/compile.mjs` compiles it
 * into `src/internal/batchMatMulWasm.ts`.
 */

/** Rows of a panel: 8 kB of the right matrix, which stay in the first cache while the left one passes by. */
const ROWS: i32 = 256

/** Copies `[rows, 8]` of a matrix side by side, with zeros beyond its `columns`. */
function pack(from: usize, to: usize, rows: i32, columns: i32, rowStep: usize, columnStep: usize): void {
  for (let i = 0; i < rows; i++) {
    let at = from
    for (let j = 0; j < columns; j++) {
      store<f32>(to + <usize>(j << 2), load<f32>(at))
      at += columnStep
    }
    for (let j = columns; j < 8; j++) store<f32>(to + <usize>(j << 2), 0)
    from += rowStep
    to += 32
  }
}

/**
 * `c[t] = a[t] b[t]` for `batch` pairs of matrices `[m, k]` and `[k, n]`, whose elements lie at the given strides, in
 * numbers. `panel` has room for 2,048 numbers; `tile` for `m × N`, with `N` the next multiple of 8 above `n`, and is used
 * only where `n` is not one.
 */
export function batchMatMul(
  a: usize, b: usize, c: usize,
  batch: i32, m: i32, k: i32, n: i32,
  aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
  panel: usize, tile: usize,
): void {
  const wide = (n + 7) & ~7
  const rowStep = <usize>(aRow << 2)
  const columnStep = <usize>(aColumn << 2)
  const outStep = <usize>(wide << 2)
  for (let t = 0; t < batch; t++) {
    const out = wide == n ? c : tile
    for (let from = 0; from < k; from += ROWS) {
      const rows = min(ROWS, k - from)
      const isFirst = from == 0
      for (let j = 0; j < wide; j += 8) {
        const corner = b + <usize>((from * bRow + j * bColumn) << 2)
        pack(corner, panel, rows, min(8, n - j), <usize>(bRow << 2), <usize>(bColumn << 2))
        let to = out + <usize>(j << 2)
        let left = a + <usize>((from * aColumn) << 2)
        let i = 0
        for (; i + 4 <= m; i += 4) {
          let a0 = left
          let a1 = a0 + rowStep
          let a2 = a1 + rowStep
          let a3 = a2 + rowStep
          left = a3 + rowStep
          const to1 = to + outStep, to2 = to1 + outStep, to3 = to2 + outStep
          let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
          if (!isFirst) {
            c00 = v128.load(to); c01 = v128.load(to, 16)
            c10 = v128.load(to1); c11 = v128.load(to1, 16)
            c20 = v128.load(to2); c21 = v128.load(to2, 16)
            c30 = v128.load(to3); c31 = v128.load(to3, 16)
          }
          let p = panel
          for (let l = 0; l < rows; l++) {
            const b0 = v128.load(p), b1 = v128.load(p, 16)
            let x = v128.load32_splat(a0)
            c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1))
            x = v128.load32_splat(a1)
            c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1))
            x = v128.load32_splat(a2)
            c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1))
            x = v128.load32_splat(a3)
            c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1))
            a0 += columnStep; a1 += columnStep; a2 += columnStep; a3 += columnStep
            p += 32
          }
          v128.store(to, c00); v128.store(to, c01, 16)
          v128.store(to1, c10); v128.store(to1, c11, 16)
          v128.store(to2, c20); v128.store(to2, c21, 16)
          v128.store(to3, c30); v128.store(to3, c31, 16)
          to = to3 + outStep
        }
        for (; i < m; i++) {
          let a0 = left
          left += rowStep
          let c00 = f32x4.splat(0), c01 = c00
          if (!isFirst) { c00 = v128.load(to); c01 = v128.load(to, 16) }
          let p = panel
          for (let l = 0; l < rows; l++) {
            const x = v128.load32_splat(a0)
            c00 = f32x4.add(c00, f32x4.mul(x, v128.load(p))); c01 = f32x4.add(c01, f32x4.mul(x, v128.load(p, 16)))
            a0 += columnStep
            p += 32
          }
          v128.store(to, c00); v128.store(to, c01, 16)
          to += outStep
        }
      }
    }
    if (wide != n) {
      for (let row = 0; row < m; row++) {
        memory.copy(c + <usize>((row * n) << 2), tile + <usize>(row * wide << 2), <usize>(n << 2))
      }
    }
    a += <usize>((m * k) << 2)
    b += <usize>((k * n) << 2)
    c += <usize>((m * n) << 2)
  }
}
