/** The error that a call is refused with. */
import { assert } from "vitest"
import { CompileError } from "../src/CompileError.ts"

export const refused = (run: () => unknown): CompileError => {
  try {
    run()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  return assert.fail("not refused")
}
