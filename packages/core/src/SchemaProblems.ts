/**
 * What is wrong with a value that a schema refused, in words.
 *
 * @since 0.1.0
 */
import { type Schema, SchemaIssue } from "effect"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const segment = (key: unknown): string =>
  String(typeof key === "object" && key !== null && "key" in key ? key.key : key)

/**
 * One line for each problem: where, and what was expected there.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Result, Schema } from "effect"
 * import { SchemaProblems } from "@seed-grpo/core"
 *
 * const decode = Schema.decodeUnknownResult(Schema.Struct({ run: Schema.Struct({ steps: Schema.Int }) }))
 * const refused = decode({ run: { steps: "many" } })
 * assert.ok(Result.isFailure(refused))
 * assert.deepEqual(SchemaProblems.problems(refused.failure), ["run.steps: Expected number"])
 * ```
 *
 * @since 0.1.0
 * @category conversions
 */
export const problems = (error: Schema.SchemaError): ReadonlyArray<string> =>
  format(error.issue).issues.map(({ message, path }) => {
    const place = (path ?? []).map(segment).join(".")
    return place === "" ? message : `${place}: ${message}`
  })
