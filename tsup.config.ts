import { defineConfig } from "tsup"

// One entry per public module, so that `@scope/package/Module` loads only what it needs. Declarations come from `tsc`
// (TypeScript 7 has no compiler API for tsup to call).
export default defineConfig({
  entry: ["src/**/*.ts", "!src/internal/**"],
  format: ["esm"],
  target: "node22",
  splitting: true,
  sourcemap: true,
  clean: true,
  dts: false,
})
