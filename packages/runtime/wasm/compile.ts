/**
 * Compiles `batchMatMul.as` and writes it where the runtime imports it from:
 *
 *     node wasm/compile.ts
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import asc from "assemblyscript/asc"

/** The module of `batchMatMul.as`, as base64. The same source gives the same bytes. */
export const compile = async (): Promise<string> => {
  const source = readFileSync(new URL("./batchMatMul.as", import.meta.url), "utf8")
  let bytes: Uint8Array | undefined
  const options = "--enable simd --enable bulk-memory --importMemory --runtime stub --memoryBase 0 -O3 --noAssert"
  const { error, stderr } = await asc.main(["batchMatMul.ts", "--outFile", "out.wasm", ...options.split(" ")], {
    readFile: (name) => (name === "batchMatMul.ts" ? source : null),
    writeFile: (_, contents) => {
      if (typeof contents !== "string") bytes = contents
    },
    listFiles: () => [],
  })
  if (error !== null || bytes === undefined) throw new Error(stderr.toString(), { cause: error })
  return Buffer.from(bytes).toString("base64")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (await compile()).match(/.{1,100}/g)!.map((line) => `  "${line}"`)
  writeFileSync(
    new URL("../src/internal/batchMatMulWasm.ts", import.meta.url),
    `/**
 * \`wasm/batchMatMul.as\`, compiled by \`node wasm/compile.ts\`.
 *
 * @since 0.1.0
 */
export const batchMatMulWasm =
${lines.join(" +\n")}
`,
  )
}
