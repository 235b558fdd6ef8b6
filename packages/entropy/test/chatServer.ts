/** A chat-completions server on this machine that behaves as badly as it is told to. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

interface Call {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: {
    readonly model?: string
    readonly messages: ReadonlyArray<{ readonly role: string; readonly content: string }>
    readonly n?: number
    readonly [field: string]: unknown
  }
}

/** Answers one call, the `index`-th. */
type Play = (call: Call, index: number, response: ServerResponse) => unknown

export const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers })
  response.end(typeof body === "string" ? body : JSON.stringify(body))
}

export const completion = (texts: ReadonlyArray<string | null>, more: object = {}) => ({
  choices: texts.map((content, index) => ({ index, message: { role: "assistant", content }, finish_reason: "stop" })),
  usage: { prompt_tokens: 5, completion_tokens: 2 * texts.length },
  ...more,
})

/** The server's address, and the calls it has had. It is gone at the end of the scope. */
export const chatServer = (play: Play) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly url: string
      readonly calls: Array<Call>
      readonly mostAtOnce: () => number
      readonly close: () => void
    }>((resume) => {
      const calls: Array<Call> = []
      let [open, most] = [0, 0]
      const server = createServer((request, response) => {
        most = Math.max(most, ++open)
        response.on("close", () => open--)
        let text = ""
        request.setEncoding("utf8")
        request.on("data", (chunk: string) => (text += chunk))
        request.on("end", () => {
          const call = { path: request.url ?? "", headers: request.headers, body: JSON.parse(text) as Call["body"] }
          void play(call, calls.push(call) - 1, response)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, calls, mostAtOnce: () => most, close }))
      })
    }),
    ({ close }) => Effect.sync(close),
  )
