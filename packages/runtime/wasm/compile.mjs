/**
 * Compiles `batchMatMul.as` and writes it where the runtime imports it from. Plain JavaScript: the compiler's types replace
 * those of the language.
 *
 *     node wasm/compile.mjs
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { main } from "assemblyscript/asc"

/** The module of `batchMatMul.as`, as base64. The same source gives the same bytes. */
export const compile = async () => {
  const source = readFileSync(new URL("./batchMatMul.as", import.meta.url), "utf8")
  let bytes
  const options = "--enable simd --enable bulk-memory --importMemory --runtime stub --memoryBase 0 -O3 --noAssert"
  const { error } = await main(["batchMatMul.ts", "--outFile", "out.wasm", ...options.split(" ")], {
    readFile: (name) => (name === "batchMatMul.ts" ? source : null),
    writeFile: (_, contents) => {
      if (typeof contents !== "string") bytes = contents
    },
    listFiles: () => [],
  })
  if (error !== null || bytes === undefined) throw new Error("it does not compile", { cause: error })
  return Buffer.from(bytes).toString("base64")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (await compile()).match(/.{1,100}/g).map((line) => `  "${line}"`)
  writeFileSync(
    new URL("../src/internal/batchMatMulWasm.ts", import.meta.url),
    `/**
 * \`wasm/batchMatMul.as\`, compiled by \`node wasm/compile.mjs\`.
 *
 * @since 0.1.0
 */
export const batchMatMulWasm =
${lines.join(" +\n")}
`,
  )
}
