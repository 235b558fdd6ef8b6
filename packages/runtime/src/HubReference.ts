/**
 * Models by name: `org/name`, `org/name@revision`.
 *
 * @since 0.1.0
 */
import { HubError } from "./HubError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface HubReference {
  /** `org/name` */
  readonly repository: string
  /** A branch, a tag, or a commit; `main` unless another is named. */
  readonly revision: string
}

const PART = String.raw`[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9])?`
const REFERENCE = new RegExp(String.raw`^(${PART}/${PART})(?:@([\w][\w./-]{0,200}))?$`)

/**
 * Whether a text has the form of a reference. Whether a folder of that name exists is for the caller to look at first.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isReference = (text: string): boolean => REFERENCE.test(text) && !text.includes("..")

/**
 * Reads a reference.
 *
 * @throws HubError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import * as HubReference from "@seed-grpo/runtime/HubReference"
 *
 * const reference = HubReference.parse("Qwen/Qwen2.5-0.5B@v1")
 * assert.deepEqual(reference, { repository: "Qwen/Qwen2.5-0.5B", revision: "v1" })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (text: string): HubReference => {
  const match = REFERENCE.exec(text)
  if (match !== null && !text.includes("..")) return { repository: match[1]!, revision: match[2] ?? "main" }
  throw new HubError({
    reason: "bad-reference",
    at: JSON.stringify(text),
    expected: "org/name or org/name@revision",
    found: "something else",
    fix: "Copy the name from the model's page.",
  })
}
