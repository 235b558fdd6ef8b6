/**
 * Our code in a browser: bundled by the esbuild that tsup brings along, run by Chromium, which is looked for in `CHROMIUM`
 * and in the path.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

interface Esbuild {
  readonly version: string
  readonly build: (options: object) => Promise<{ readonly outputFiles: ReadonlyArray<{ readonly text: string }> }>
}

const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild") as Esbuild

export const esbuildVersion = esbuild.version

/** Bundles a module whose text is given, minified; its imports are relative to `folder`. */
export const bundle = async (contents: string, folder: string, format: "esm" | "iife" = "esm"): Promise<string> => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, loader: "ts", resolveDir: folder },
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

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
]

const chromium = process.env["CHROMIUM"] ?? "chromium"

export const hasChromium = (): boolean => spawnSync(chromium, ["--version"]).status === 0

/**
 * What a page computes. `contents` is a module with a function `page(input)`, which may be asynchronous; its result comes
 * back as JSON.
 */
export const inChromium = async <Result>(contents: string, folder: string, input: unknown): Promise<Result> => {
  const program = await bundle(
    `${contents}
    const input = JSON.parse(document.getElementById("input").textContent)
    Promise.resolve().then(() => page(input)).then(
      (result) => ({ result }),
      (error) => ({ error: String(error && error.stack || error) })
    ).then((said) => { document.getElementById("said").textContent = encodeURIComponent(JSON.stringify(said)) })`,
    folder,
    "iife",
  )
  const place = mkdtempSync(join(tmpdir(), "seed-grpo-browser-"))
  try {
    const html = join(place, "page.html")
    writeFileSync(
      html,
      `<!doctype html><meta charset="utf-8"><pre id="said"></pre>` +
        `<script type="application/json" id="input">${JSON.stringify(input).replaceAll("<", "\\u003c")}</script>` +
        `<script>${program.replaceAll("</script", "<\\/script")}</script>`,
    )
    const { error, stderr, stdout } = spawnSync(
      chromium,
      [...FLAGS, `--user-data-dir=${join(place, "profile")}`, "--dump-dom", pathToFileURL(html).href],
      { encoding: "utf8", maxBuffer: 1 << 28, timeout: 300_000 },
    )
    if (error !== undefined) throw error
    const found = /<pre id="said">([^<]+)<\/pre>/.exec(stdout)?.[1]
    if (found === undefined) throw new Error(`the page wrote nothing: ${stderr.slice(-2000)}`)
    const said = JSON.parse(decodeURIComponent(found)) as { readonly result: Result; readonly error?: string }
    if (said.error !== undefined) throw new Error(`the page failed: ${said.error}`)
    return said.result
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
