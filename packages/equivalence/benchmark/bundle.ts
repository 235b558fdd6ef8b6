/**
 * Bundles of this package for browsers, by the esbuild that tsup brings along.
 */
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

interface Esbuild {
  readonly version: string
  readonly build: (options: object) => Promise<{ readonly outputFiles: ReadonlyArray<{ readonly text: string }> }>
}

const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild") as Esbuild

export const esbuildVersion = esbuild.version

/** Bundles a module whose text is given; its imports are relative to this folder. */
export const bundle = async (contents: string, format: "esm" | "iife"): Promise<string> => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, loader: "ts", resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format,
    platform: "browser",
    target: "es2024",
    write: false,
    logLevel: "error",
  })
  return outputFiles[0]!.text
}
