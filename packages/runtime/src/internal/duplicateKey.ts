/**
 * The first key that an object in a JSON text has twice, which `JSON.parse` passes over in silence: two readers could see
 * two different tensors. The text must be valid JSON.
 *
 * @since 0.1.0
 */
export const duplicateKey = (json: string): string | undefined => {
  const open: Array<Set<string> | undefined> = []
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [text, colon] = match
    if (text === "{") open.push(new Set())
    else if (text === "[") open.push(undefined)
    else if (text === "}" || text === "]") open.pop()
    else if (colon !== undefined) {
      const key = JSON.parse(text.slice(0, -colon.length)) as string
      if (open.at(-1)?.has(key) === true) return key
      open.at(-1)?.add(key)
    }
  }
  return undefined
}
