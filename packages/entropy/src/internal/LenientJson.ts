/**
 * JSON as Python writes it.
 */

const BARE = ["NaN", "-Infinity", "Infinity"]

/** `json` with `null` for each `NaN` and `Infinity` outside of strings. Linear, whatever the text. */
const withoutBareNumbers = (json: string): string => {
  const parts: Array<string> = []
  let from = 0
  for (let i = 0, isInString = false; i < json.length; i++) {
    const char = json[i]!
    if (isInString) {
      if (char === "\\") i++
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === "N" || char === "I" || char === "-") {
      const bare = BARE.find((one) => json.startsWith(one, i))
      if (bare === undefined) continue
      parts.push(json.slice(from, i), "null")
      from = i + bare.length
      i = from - 1
    }
  }
  return parts.join("") + json.slice(from)
}

/**
 * The value of a JSON text, where a bare `NaN` or `Infinity` is null: Python's `json` writes them, and no parser of
 * JavaScript reads them.
 *
 * @throws SyntaxError
 */
export const parseLenient = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch (error) {
    if (!/NaN|Infinity/.test(json)) throw error
    return JSON.parse(withoutBareNumbers(json))
  }
}
