/** Downloads from a server that speaks the hub's routes, and behaves badly. */
import { createHash } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Hub from "@seed-grpo/runtime/Hub"
import { HubError } from "@seed-grpo/runtime/HubError"
import * as HubReference from "@seed-grpo/runtime/HubReference"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Exit, Layer } from "effect"

const COMMIT = "0123456789abcdef0123456789abcdef01234567"
const weights = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251))
const contents: Readonly<Record<string, Buffer>> = {
  "config.json": Buffer.from('{"model_type":"qwen2"}'),
  "tokenizer.json": Buffer.from("{}"),
  "model.safetensors": weights,
  "pytorch_model.bin": Buffer.from("pickle"),
  "modeling.py": Buffer.from("import os"),
}

const sha1 = (bytes: Buffer) => createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex")
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

const entryOf = (path: string) => {
  const bytes = contents[path]!
  const large = path.endsWith(".safetensors")
  return {
    type: "file",
    path,
    size: bytes.length,
    oid: large ? "0".repeat(40) : sha1(bytes),
    ...(large ? { lfs: { oid: sha256(bytes), size: bytes.length } } : {}),
  }
}

interface Seen {
  readonly url: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

/** What a test makes the hub do; each may answer a request itself by returning true. */
type Fault = (request: IncomingMessage, response: ServerResponse, count: number) => boolean

let hub: Server
let cdn: Server
let home: string
let seen: Array<Seen>
let tree: ReadonlyArray<unknown>
let fault: Fault
let cdnFault: Fault

const listen = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  new Promise<Server>((resolve) => {
    const server = createServer((request, response) => {
      seen.push({ url: request.url!, range: request.headers.range, authorization: request.headers.authorization })
      handle(request, response)
    })
    server.listen(0, "127.0.0.1", () => resolve(server))
  })

const addressOf = (server: Server, host = "127.0.0.1") => `http://${host}:${(server.address() as AddressInfo).port}`

const send = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0)
  const part = bytes.subarray(from)
  response.writeHead(from > 0 ? 206 : 200, { "content-length": part.length })
  response.end(part)
}

const json = (response: ServerResponse, value: unknown) => {
  response.writeHead(200, { "content-type": "application/json" })
  response.end(JSON.stringify(value))
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "seed-grpo-hub-"))
  seen = []
  tree = Object.keys(contents).map(entryOf)
  fault = () => false
  cdnFault = () => false
  const counts = new Map<string, number>()
  const countOf = (url: string) => {
    counts.set(url, (counts.get(url) ?? 0) + 1)
    return counts.get(url)!
  }
  cdn = await listen((request, response) => {
    if (cdnFault(request, response, countOf(`cdn${request.url!}`))) return
    send(request, response, weights)
  })
  hub = await listen((request, response) => {
    const url = request.url!
    if (fault(request, response, countOf(url))) return
    if (/^\/api\/models\/org\/name\/revision\/(main|v1|0123456789abcdef\w+)$/.test(url)) json(response, { sha: COMMIT })
    else if (url === `/api/models/org/name/tree/${COMMIT}`) json(response, tree)
    else if (url === `/org/name/resolve/${COMMIT}/model.safetensors`) {
      // Another host, as large files are.
      response.writeHead(302, { location: `${addressOf(cdn, "localhost")}/blob` })
      response.end()
    } else {
      const bytes = contents[url.split("/").at(-1)!]
      if (bytes === undefined || !url.startsWith(`/org/name/resolve/${COMMIT}/`)) response.writeHead(404).end()
      else send(request, response, bytes)
    }
  })
})

afterEach(() => {
  for (const server of [hub, cdn]) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(home, { recursive: true, force: true })
})

const quick: Hub.DownloadOptions = { backoff: "5 millis" }

const download = (
  name = "org/name",
  env: Readonly<Record<string, string>> = {},
  options: Hub.DownloadOptions = quick,
) =>
  Hub.download(name, options).pipe(
    Effect.provide(
      Layer.mergeAll(
        NodeServices.layer,
        NodeHttpClient.layerNodeHttp,
        ConfigProvider.layer(ConfigProvider.fromEnv({ env: { HF_HOME: home, HF_ENDPOINT: addressOf(hub), ...env } })),
      ),
    ),
  )

const reasonOf = (run: Effect.Effect<string, HubError>) =>
  Effect.map(Effect.flip(run), (error) => {
    assert.include(error.message, error.fix)
    return error.reason
  })

const cache = () => join(home, "hub", "models--org--name")

/** Cuts the connection after so many bytes. */
const cutAfter = (response: ServerResponse, bytes: Buffer, count: number, from = 0) => {
  response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from })
  response.write(bytes.subarray(from, from + count), () => response.socket!.destroy())
}

describe("Hub", () => {
  it.live("downloads what is needed into the cache's layout, and nothing else", () =>
    Effect.gen(function* () {
      const told: Array<Hub.HubProgress> = []
      const folder = yield* download(
        "org/name",
        {},
        { ...quick, onProgress: (at) => Effect.sync(() => void told.push(at)) },
      )
      assert.strictEqual(folder, join(cache(), "snapshots", COMMIT))
      assert.deepStrictEqual(readdirSync(folder).toSorted(), ["config.json", "model.safetensors", "tokenizer.json"])
      assert.deepStrictEqual(readFileSync(join(folder, "model.safetensors")), weights)
      assert.strictEqual(readlinkSync(join(folder, "model.safetensors")), `../../blobs/${sha256(weights)}`)
      assert.strictEqual(readlinkSync(join(folder, "config.json")), `../../blobs/${sha1(contents["config.json"]!)}`)
      assert.strictEqual(readFileSync(join(cache(), "refs", "main"), "utf8"), COMMIT)
      assert.deepStrictEqual(
        readdirSync(join(cache(), "blobs")).filter((name) => name.includes("incomplete")),
        [],
      )
      assert.isTrue(told.every(({ bytes, totalBytes }, i) => bytes <= totalBytes && bytes >= (told[i - 1]?.bytes ?? 0)))
      assert.strictEqual(told.at(-1)!.bytes, told.at(-1)!.totalBytes)
    }),
  )

  it.live("asks only what the revision is when everything is there", () =>
    Effect.gen(function* () {
      const first = yield* download()
      seen.length = 0
      assert.strictEqual(yield* download(), first)
      assert.deepStrictEqual(
        seen.map(({ url }) => url.split("/")[1]),
        ["api", "api"],
      )
    }),
  )

  it.live("names tags, and takes commits as they are", () =>
    Effect.gen(function* () {
      yield* download("org/name@v1")
      assert.strictEqual(readFileSync(join(cache(), "refs", "v1"), "utf8"), COMMIT)
      const folder = yield* download(`org/name@${COMMIT}`)
      assert.isFalse(existsSync(join(cache(), "refs", COMMIT)))
      assert.strictEqual(yield* download(`org/name@${COMMIT}`, { HF_HUB_OFFLINE: "1" }), folder)
    }),
  )

  it.live("goes on where it was cut off, again and again", () =>
    Effect.gen(function* () {
      cdnFault = (request, response, count) => {
        if (count > 8) return false
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0)
        cutAfter(response, weights, 20_000, from)
        return true
      }
      const folder = yield* download()
      assert.deepStrictEqual(readFileSync(join(folder, "model.safetensors")), weights)
      const ranges = seen.flatMap(({ range, url }) => (url === "/blob" ? [range] : []))
      assert.isUndefined(ranges[0])
      assert.isTrue(ranges.slice(1).some((range) => range !== undefined))
    }),
  )

  it.live("what an earlier process left is gone on with, and given back when interrupted", () =>
    Effect.gen(function* () {
      mkdirSync(join(cache(), "blobs"), { recursive: true })
      // No process has this number.
      const left = join(cache(), "blobs", `${sha256(weights)}.4194999-0.incomplete`)
      writeFileSync(left, weights.subarray(0, 100_000))
      cdnFault = (request, response) => {
        assert.strictEqual(request.headers.range, "bytes=100000-")
        cutAfter(response, weights, 50_000, 100_000)
        cdnFault = () => {
          response.socket?.destroy()
          return false
        }
        return true
      }
      const folder = yield* download()
      assert.deepStrictEqual(readFileSync(join(folder, "model.safetensors")), weights)
      assert.isFalse(existsSync(left))
    }),
  )

  it.live("starts again where the server ignores the range", () =>
    Effect.gen(function* () {
      mkdirSync(join(cache(), "blobs"), { recursive: true })
      writeFileSync(join(cache(), "blobs", `${sha256(weights)}.incomplete`), weights.subarray(0, 1000))
      cdnFault = (_, response) => {
        response.writeHead(200).end(weights)
        return true
      }
      assert.deepStrictEqual(readFileSync(join(yield* download(), "model.safetensors")), weights)
    }),
  )

  it.live("a wrong hash once is tried again, always is refused and leaves nothing", () =>
    Effect.gen(function* () {
      const wrong = Buffer.from(weights).fill(7, 1000, 1010)
      cdnFault = (request, response, count) => {
        if (count > 1) return false
        send(request, response, wrong)
        return true
      }
      assert.deepStrictEqual(readFileSync(join(yield* download(), "model.safetensors")), weights)
      rmSync(cache(), { recursive: true })
      cdnFault = (request, response) => {
        send(request, response, wrong)
        return true
      }
      assert.strictEqual(yield* reasonOf(download()), "wrong-hash")
      assert.isFalse(existsSync(join(cache(), "refs", "main")))
      assert.isFalse(readdirSync(join(cache(), "blobs")).some((name) => name.startsWith(sha256(weights))))
    }),
  )

  it.live("more than was announced is not taken", () =>
    Effect.gen(function* () {
      cdnFault = (_, response) => {
        response.writeHead(200).end(Buffer.concat([weights, weights]))
        return true
      }
      assert.strictEqual(yield* reasonOf(download()), "bad-answer")
    }),
  )

  it.live("the token goes to the hub and not to where it sends us", () =>
    Effect.gen(function* () {
      yield* download("org/name", { HF_TOKEN: "secret" })
      assert.isTrue(
        seen.filter(({ url }) => url !== "/blob").every(({ authorization }) => authorization === "Bearer secret"),
      )
      assert.isTrue(seen.filter(({ url }) => url === "/blob").every(({ authorization }) => authorization === undefined))
    }),
  )

  it.live("a server that says how long by closing the connection", () =>
    Effect.gen(function* () {
      cdnFault = (_, response) => {
        response.writeHead(200, { connection: "close" }).end(weights)
        return true
      }
      assert.deepStrictEqual(readFileSync(join(yield* download(), "model.safetensors")), weights)
    }),
  )

  it.live("a redirect in a circle ends", () =>
    Effect.gen(function* () {
      fault = (request, response) => {
        response.writeHead(302, { location: request.url! }).end()
        return true
      }
      assert.strictEqual(yield* reasonOf(download()), "unreachable")
    }),
  )

  it.live("the token of a login is found", () =>
    Effect.gen(function* () {
      writeFileSync(join(home, "token"), "saved\n")
      yield* download()
      assert.strictEqual(seen[0]!.authorization, "Bearer saved")
    }),
  )

  it.live.each([
    [401, "forbidden"],
    [403, "forbidden"],
    [404, "not-found"],
    [500, "unreachable"],
  ] as const)("status %d is %s", ([status, reason]) =>
    Effect.gen(function* () {
      fault = (_, response) => {
        response.writeHead(status).end()
        return true
      }
      assert.strictEqual(yield* reasonOf(download()), reason)
      assert.strictEqual(seen.length, status === 500 ? 6 : 1)
    }),
  )

  it.live("waits as long as the server asks for", () =>
    Effect.gen(function* () {
      const started = performance.now()
      fault = (_, response, count) => {
        if (count > 1) return false
        response.writeHead(429, { "retry-after": "1" }).end()
        return true
      }
      yield* download()
      assert.isAtLeast(performance.now() - started, 990)
    }),
  )

  it.live("offline, the cache is all there is, and nobody is asked", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reasonOf(download("org/name", { HF_HUB_OFFLINE: "1" })), "offline")
      const folder = yield* download()
      seen.length = 0
      assert.strictEqual(yield* download("org/name", { HF_HUB_OFFLINE: "yes" }), folder)
      assert.strictEqual(yield* reasonOf(download("org/name@other", { HF_HUB_OFFLINE: "1" })), "offline")
      assert.deepStrictEqual(seen, [])
    }),
  )

  it.live("without a connection the cache is taken", () =>
    Effect.gen(function* () {
      const nowhere = { HF_ENDPOINT: "http://127.0.0.1:9" }
      assert.strictEqual(yield* reasonOf(download("org/name", nowhere)), "unreachable")
      const folder = yield* download()
      assert.strictEqual(yield* download("org/name", nowhere), folder)
    }),
  )

  it.live("pickled weights alone are refused before anything is downloaded", () =>
    Effect.gen(function* () {
      tree = ["config.json", "pytorch_model.bin"].map(entryOf)
      assert.strictEqual(yield* reasonOf(download()), "no-safetensors")
      assert.isTrue(seen.every(({ url }) => url.startsWith("/api/")))
    }),
  )

  it.live("files whose names lead elsewhere are not taken", () =>
    Effect.gen(function* () {
      const hostile = ["../../evil.safetensors", "/etc/x.safetensors", "..\\x.safetensors", "a/b.safetensors"]
      tree = [...tree, ...hostile.map((path) => ({ ...entryOf("model.safetensors"), path }))]
      const folder = yield* download()
      assert.deepStrictEqual(readdirSync(folder).toSorted(), ["config.json", "model.safetensors", "tokenizer.json"])
    }),
  )

  it.live.each([
    [{ type: "file", path: "model.safetensors", size: -1, oid: "0".repeat(40) }],
    [{ type: "file", path: "model.safetensors", size: 10, oid: "../../x" }],
    [{ type: "file", path: "model.safetensors", size: 10, lfs: { oid: 5 } }],
    ["model.safetensors"],
  ])("a listing of %j is refused", ([entry]) =>
    Effect.gen(function* () {
      tree = [entry]
      assert.strictEqual(yield* reasonOf(download()), "bad-answer")
    }),
  )

  it.live("two at once get the same whole files", () =>
    Effect.gen(function* () {
      const folders = yield* Effect.all([download(), download(), download()], { concurrency: "unbounded" })
      assert.strictEqual(new Set(folders).size, 1)
      assert.deepStrictEqual(readFileSync(join(folders[0], "model.safetensors")), weights)
    }),
  )

  it.live("a cache that cannot be written to says what to do", () =>
    Effect.gen(function* () {
      writeFileSync(join(home, "file"), "")
      assert.strictEqual(yield* reasonOf(download("org/name", { HF_HUB_CACHE: join(home, "file") })), "not-writable")
    }),
  )

  it.live("an interrupted download keeps what it has", () =>
    Effect.gen(function* () {
      cdnFault = (_, response) => {
        response.writeHead(200, { "content-length": weights.length })
        response.write(weights.subarray(0, 64_000))
        return true
      }
      const exit = yield* Effect.exit(Effect.timeout(download(), "500 millis"))
      assert.isTrue(Exit.isFailure(exit))
      const kept = readFileSync(join(cache(), "blobs", `${sha256(weights)}.incomplete`))
      assert.deepStrictEqual(kept, weights.subarray(0, kept.length))
      cdnFault = () => false
      seen.length = 0
      yield* download()
      assert.strictEqual(seen.find(({ url }) => url === "/blob")!.range, `bytes=${kept.length}-`)
    }),
  )
})

describe("HubReference", () => {
  it.each(["org/name", "Qwen/Qwen2.5-0.5B-Instruct", "a/b@refs/pr/1", "a/b@v1.0"])("takes %s", (text) => {
    assert.isTrue(HubReference.isReference(text))
  })

  it.each([
    "",
    "name",
    "/a/b",
    "a/b/c",
    "../b",
    "a/..",
    "a/b@../x",
    "a/b@",
    "a/b c",
    "./models/x",
    "a/-b",
    "a".repeat(99) + "/b",
  ])("refuses %s", (text) => {
    assert.isFalse(HubReference.isReference(text))
    assert.throws(() => HubReference.parse(text), HubError)
  })
})
