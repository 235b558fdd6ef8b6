/**
 * What is asked of a thread.
 */
import type { cluster } from "../Cluster.ts"
import type { compare } from "../Compare.ts"
import type { grade } from "../Grade.ts"

export type Call =
  | { readonly method: "compare"; readonly parameters: Parameters<typeof compare> }
  | { readonly method: "grade"; readonly parameters: Parameters<typeof grade> }
  | { readonly method: "cluster"; readonly parameters: Parameters<typeof cluster> }
