/** Fields of configurations. */
import { Effect, Schema, SchemaTransformation } from "effect"

export const positiveInteger = Schema.Int.check(Schema.isGreaterThan(0))
export const nonNegativeInteger = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
export const positive = Schema.Finite.check(Schema.isGreaterThan(0))
export const nonNegative = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
export const share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** A field that may be left out. */
export const withDefault = <S extends Schema.Top>(schema: S, value: S["Encoded"]) =>
  schema.pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))

const WithoutKind = Schema.Record(Schema.String, Schema.Unknown)

/** One of these by its `kind`, which may be left out. */
export const byKind = <
  const Members extends ReadonlyArray<Schema.Top & { readonly Encoded: { readonly kind: string } }>,
>(
  kind: Members[number]["Encoded"]["kind"],
  members: Members,
) =>
  WithoutKind.pipe(
    Schema.decodeTo(
      Schema.Union(members),
      SchemaTransformation.transform({
        decode: (json): Members[number]["Encoded"] => ({ kind, ...json }),
        encode: (json): { readonly [key: string]: unknown } => json,
      }),
    ),
  )
