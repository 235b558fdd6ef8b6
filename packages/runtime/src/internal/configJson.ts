/**
 * Reading values out of a checkpoint's JSON files, with errors that name the key.
 *
 * @since 0.1.0
 */
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

/**
 * Why a `config.json` was refused.
 *
 * @since 0.1.0
 * @category errors
 */
export class ModelConfigError extends ExplainedError<
  "not-an-object" | "unknown-architecture" | "unknown-rope" | "unknown-activation" | "unsupported-option" | "bad-value"
> {
  readonly _tag = "ModelConfigError"
}

export type Json = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const refuse = (
  reason: ModelConfigError["reason"],
  key: string,
  expected: string,
  found: unknown,
  fix = "Correct the checkpoint's config.json.",
): never => {
  throw new ModelConfigError({
    reason,
    at: `config.json: ${key}`,
    expected,
    found: JSON.stringify(found) ?? "nothing",
    fix,
  })
}

const reader =
  <A>(expected: string, is: (value: unknown) => value is A) =>
  (config: Json, key: string, fallback?: A): A => {
    // Writers leave a key out, or write null, where they mean the default.
    const value = config[key] ?? fallback
    return is(value) ? value : refuse("bad-value", key, expected, config[key])
  }

export const positiveInteger = reader(
  "a positive whole number",
  (value): value is number => Number.isSafeInteger(value) && (value as number) > 0,
)

export const positive = reader(
  "a positive number",
  (value): value is number => typeof value === "number" && Number.isFinite(value) && value > 0,
)

export const flag = reader("true or false", (value): value is boolean => typeof value === "boolean")
