/**
 * Where requests go and with which headers, checked before anything is sent.
 */
import { Effect, Redacted } from "effect"
import { ChatModelError } from "../ChatModelError.ts"
import type { ChatModelOptions } from "../ChatModel.ts"

export interface Destination {
  readonly url: URL
  /** For messages: no query, since some servers take the key there. */
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Takes the secrets out of a text that a server sent. */
  readonly withoutSecrets: (text: string) => string
}

const refused = (at: string, expected: string, found: string): ChatModelError =>
  new ChatModelError({ reason: "bad-setting", at, expected, found, fix: "Nothing was sent." })

const PATH = "/chat/completions"

/** The URL of the chat completions of a server. */
const endpointOf = (baseUrl: string): URL | undefined => {
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined
  const path = url.pathname.replace(/\/+$/, "")
  url.pathname = path.endsWith(PATH) ? path : `${path === "" ? "/v1" : path}${PATH}`
  url.hash = ""
  return url
}

/** `fetch` names a header's value in its complaint, so what it would complain of must never get there. */
const isHeaderValue = (value: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

export const destinationOf = ({
  apiKey,
  baseUrl,
  headers = {},
}: ChatModelOptions): Effect.Effect<Destination, ChatModelError> =>
  Effect.gen(function* () {
    const url = endpointOf(baseUrl)
    if (url === undefined) {
      return yield* Effect.fail(
        refused(
          "the endpoint's URL",
          "http:// or https://, without a user name",
          JSON.stringify(baseUrl.replace(/^.*@|\?.*$/g, "")),
        ),
      )
    }
    const key = apiKey === undefined ? "" : Redacted.value(apiKey).trim()
    const given = Object.entries(headers).map(([name, value]) => ({
      name,
      value: Redacted.isRedacted(value) ? Redacted.value(value) : value,
      isSecret: Redacted.isRedacted(value),
    }))
    if (key !== "") given.push({ name: "authorization", value: `Bearer ${key}`, isSecret: true })
    for (const { name, value } of given) {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !isHeaderValue(value)) {
        return yield* Effect.fail(
          refused(`header ${JSON.stringify(name)}`, "characters that a header may hold", "others"),
        )
      }
    }
    const secrets = [key, ...given.flatMap(({ isSecret, value }) => (isSecret ? [value] : []))].filter((s) => s !== "")
    return {
      url,
      name: `${url.origin}${url.pathname}`,
      headers: Object.fromEntries(given.map(({ name, value }) => [name.toLowerCase(), value])),
      withoutSecrets: (text) => secrets.reduce((left, secret) => left.replaceAll(secret, "<redacted>"), text),
    }
  })
