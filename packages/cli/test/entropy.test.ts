/** `seed-grpo entropy` as its users run it, with models and servers. */
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, assert, describe, it } from "vitest"
import { run, start, temporaryFolder } from "./support.ts"

const tinyNli = fileURLToPath(new URL("../../entropy/test/fixtures/tiny-nli", import.meta.url))
const jsonLines = (rows: ReadonlyArray<object>) => rows.map((row) => `${JSON.stringify(row)}\n`).join("")
const parsed = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)

interface Asked {
  readonly n?: number
  readonly messages: ReadonlyArray<{ readonly content: string }>
}
interface Said {
  readonly text: string
  readonly finish?: "stop" | "length"
  readonly logprob?: number
}

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  return text
}

/** A chat endpoint that says what it is told to. */
const endpoint = (say: (asked: Asked) => ReadonlyArray<Said>): Promise<string> =>
  new Promise((resolve) => {
    server = createServer((request, response) => {
      void textOf(request).then((text) => {
        const choices = say(JSON.parse(text) as Asked).map(({ finish = "stop", logprob, text: content }, index) => ({
          index,
          message: { role: "assistant", content },
          finish_reason: finish,
          ...(logprob === undefined ? {} : { logprobs: { content: [{ token: content, logprob }] } }),
        }))
        response.writeHead(200, { "content-type": "application/json" })
        response.end(JSON.stringify({ choices }))
      })
    })
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server!.address() as AddressInfo).port}/v1`))
  })

describe("estimators, intervals and bad rows", () => {
  const counts = { responses: ["1", "1", "1", "1", "2", "2", "3", "4"] }

  it.each([
    ["miller-madow", 1.400507566],
    ["jackknife", 1.542917411],
    ["chao-shen", 1.578373307],
    ["discrete", 1.213007566],
  ] as const)("--estimator %s", async (estimator, entropy) => {
    const { out } = await run(["entropy", "--estimator", estimator, "--interval", "none"], {
      input: jsonLines([counts]),
    })
    const [row] = parsed(out)
    assert.closeTo(row!["entropy"] as number, entropy, 1e-9)
    assert.strictEqual(row!["estimator"], estimator)
    assert.isUndefined(row!["interval"])
  })

  it("--all puts every measure beside it, those of likelihoods where there are any", async () => {
    const weighted = { ...counts, meanLogprobs: counts.responses.map(() => -1) }
    const { out } = await run(["entropy", "--all"], { input: jsonLines([counts, weighted]) })
    const names = parsed(out).map((row) => (row["measures"] as Array<{ name: string }>).map(({ name }) => name))
    assert.include(names[0]!, "kernel language entropy (heat 0.3, ROUGE-L)")
    assert.notInclude(names[0]!, "likelihood-weighted")
    assert.include(names[1]!, "likelihood-weighted")
  })

  it("leaves out rows whose log-probabilities or flags do not fit, by line and with the reason", async () => {
    const rows = [
      { ...counts, meanLogprobs: [0.5, -1, -1, -1, -1, -1, -1, -1] },
      { ...counts, meanLogprobs: [-1] },
      { ...counts, truncated: [true] },
      { responses: ["1"] },
    ]
    const { code, err, out } = await run(["entropy"], { input: `\ufeff${jsonLines(rows).replaceAll("\n", "\r\n")}` })
    assert.strictEqual(code, 1)
    assert.match(err, /line 1 left out: meanLogprobs\[0\]: expected a number of at most 0, found 0.5/)
    assert.match(err, /line 2 left out: log-probabilities: expected 8/)
    assert.match(err, /line 3 left out: truncated: expected 8 flags/)
    assert.strictEqual(parsed(out).length, 1)
  })

  it("writes a page that runs nothing of what a model wrote", async () => {
    const folder = temporaryFolder()
    const page = join(folder, "entropy.html")
    const hostile = { prompt: "<b>", responses: ["<script>alert(1)</script>", "\u001b[31mred", "\u202e"] }
    const { code } = await run(["entropy", "--format", "html", "--out", page], { input: jsonLines([hostile, counts]) })
    assert.strictEqual(code, 0)
    const html = readFileSync(page, "utf8")
    assert.notInclude(html, "<script>alert")
    assert.notInclude(html, "\u001b")
    assert.notInclude(html, "\u202e")
  })

  it("an --out that cannot be written is one clear line", async () => {
    const out = join(temporaryFolder(), "missing", "x.jsonl")
    const { code, err } = await run(["entropy", "--out", out], { input: jsonLines([counts]) })
    assert.notStrictEqual(code, 0)
    assert.match(err, /expected a file that can be written/)
    assert.notMatch(err, /\n\s+at /)
  })
})

describe("judges", () => {
  const cities = { prompt: "Where is the Louvre?", responses: ["Paris", "It is in Paris.", "Rome"] }

  it("a model of entailment from a folder", async () => {
    const args = ["entropy", "--equivalence", "nli", "--nli-model", tinyNli, "--nli-rule", "kuhn-2023"]
    const { code, out } = await run(args, { input: jsonLines([cities]) })
    assert.strictEqual(code, 0)
    assert.strictEqual(parsed(out)[0]!["equivalence"], "nli kuhn2023")
    assert.deepStrictEqual(parsed(out)[0]!["answersFound"], cities.responses)
  }, 30_000)

  it("a folder without a model is one clear line", async () => {
    const args = ["entropy", "--equivalence", "nli", "--nli-model", temporaryFolder()]
    const { code, err } = await run(args, { input: jsonLines([cities]) })
    assert.notStrictEqual(code, 0)
    assert.match(err, /config\.json: expected a file/)
  })

  it("a language model that is asked about each pair, and sees the question", async () => {
    const seen: Array<string> = []
    const url = await endpoint(({ messages }) => {
      const shown = messages[0]!.content
      seen.push(shown)
      return [{ text: `{"verdict": "${shown.includes("Rome") ? "different" : "equivalent"}"}` }]
    })
    const args = ["entropy", "--equivalence", "llm", "--judge-endpoint", url, "--judge-model", "judge"]
    const { out } = await run(args, { input: jsonLines([cities]) })
    assert.deepStrictEqual(parsed(out)[0]!["clusterIds"], [0, 0, 1])
    assert.isTrue(seen.every((shown) => shown.includes("Where is the Louvre?")))
  })

  it("a judge that cannot be reached ends the run with one clear line; what was scored stays", async () => {
    const url = "http://127.0.0.1:1/v1"
    const args = ["entropy", "--equivalence", "llm", "--judge-endpoint", url, "--judge-model", "judge"]
    const { code, err, out } = await run(args, { input: jsonLines([{ responses: ["one", "one"] }, cities]) })
    assert.strictEqual(code, 1)
    assert.match(err, /127\.0\.0\.1:1/)
    assert.notMatch(err, /\n\s+at /)
    assert.strictEqual(parsed(out).length, 1)
  }, 60_000)
})

describe("an endpoint", () => {
  const ten: ReadonlyArray<Said> = Array.from({ length: 10 }, (_, index) => ({
    text: index < 7 ? "so it is \\boxed{56}" : `\\boxed{${index}}`,
    finish: index === 9 ? "length" : "stop",
    logprob: -0.1 * (index + 1),
  }))

  it("is asked one question ten times; a cut-off answer is not read; the output can be scored again", async () => {
    const url = await endpoint(({ n = 1 }) => ten.slice(0, n))
    const args = ["entropy", "--endpoint", url, "--model", "tiny", "--question", "7 · 8?", "--samples", "10"]
    const { code, err, out } = await run(args)
    assert.strictEqual(code, 0, err)
    const [row] = parsed(out)
    assert.strictEqual(row!["responses"], 10)
    assert.strictEqual(row!["unread"], 1)
    assert.strictEqual(row!["clusters"], 4)
    const again = join(temporaryFolder(), "again.jsonl")
    writeFileSync(again, out)
    const second = parsed((await run(["entropy", again])).out)[0]!
    assert.strictEqual(second["prompt"], "7 · 8?")
    assert.strictEqual(second["responses"], 10)
  })

  it("gives log-probabilities to the estimator that needs them", async () => {
    const url = await endpoint(({ n = 1 }) => ten.slice(0, n))
    const args = [
      "entropy",
      "--endpoint",
      url,
      "--model",
      "tiny",
      "--samples",
      "8",
      "--estimator",
      "likelihood-weighted",
    ]
    const { err, out } = await run(args, {
      input: jsonLines([{ id: "q", prompt: "7 · 8?" }, { responses: ["1", "2"] }]),
    })
    const row = parsed(out).find(({ id }) => id === "q")!
    // Seven of eight have the mass Σ e^(−0.1 i), and the eighth e^(−0.8).
    const masses = ten.slice(0, 8).map(({ logprob }) => Math.exp(logprob!))
    const share = masses[7]! / masses.reduce((sum, mass) => sum + mass)
    assert.closeTo(row["entropy"] as number, -share * Math.log(share) - (1 - share) * Math.log(1 - share), 1e-9)
    assert.match(err, /line 2 left out: log-probabilities: expected one for each of 2 answers/)
  })

  it("Ctrl-C writes what was scored before it to --out", async () => {
    const hang = createServer(() => {})
    await new Promise<void>((resolve) => void hang.listen(0, "127.0.0.1", () => resolve()))
    const url = `http://127.0.0.1:${(hang.address() as AddressInfo).port}/v1`
    const file = join(temporaryFolder(), "scored.jsonl")
    const args = ["entropy", "--endpoint", url, "--model", "tiny", "--out", file]
    const { child, finished } = start(args, { input: jsonLines([{ responses: ["1"] }, { prompt: "7 · 8?" }]) })
    await new Promise<void>((resolve) => void hang.once("request", () => resolve()))
    child.kill("SIGINT")
    await finished
    hang.closeAllConnections()
    hang.close()
    assert.strictEqual(parsed(readFileSync(file, "utf8")).length, 1)
  })

  it("that gives fewer than were asked for is an error that names how many were", async () => {
    const url = await endpoint(() => [])
    const args = ["entropy", "--endpoint", url, "--model", "tiny", "--question", "7 · 8?", "--samples", "3"]
    const { code, err, out } = await run(args)
    assert.notStrictEqual(code, 0)
    assert.strictEqual(out, "")
    assert.match(err, /3/)
  })
})
