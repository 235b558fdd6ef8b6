/**
 * JSON read from left to right, as far as the header of a safetensors file needs it: objects, texts, and lists of whole
 * numbers. Unlike with `JSON.parse`, a key that comes twice is found (two readers could see two different tensors), and
 * nothing is built that was not asked for: 100 MB of brackets would take gigabytes.
 *
 * @since 0.1.0
 */

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Called for what the text should have had and does not have. */
type Fail = (expected: string, found: string) => never

export interface HeaderReader {
  /** Reads an object; `each` reads the value of a key. */
  readonly object: (each: (key: string) => void) => void
  readonly text: () => string
  /** Whole numbers from zero on that are exact in JavaScript. */
  readonly numbers: () => Array<number>
  readonly end: () => void
}

export const headerReader = (json: string, fail: Fail): HeaderReader => {
  let at = 0
  const skipSpace = () => {
    while (isSpace(json.charCodeAt(at))) at++
  }
  const wrong = (expected: string, from = at): never =>
    fail(expected, from < json.length ? `${json.slice(from, from + 40)} at character ${from}` : "the end")
  const accept = (mark: string): boolean => {
    skipSpace()
    if (json[at] !== mark) return false
    at++
    return true
  }
  const expect = (mark: string) => {
    if (!accept(mark)) wrong(mark)
  }
  /** Items with commas between them, up to the closing mark. */
  const items = (close: string, item: () => void) => {
    if (accept(close)) return
    do item()
    while (accept(","))
    expect(close)
  }
  const text = () => {
    skipSpace()
    const start = at
    expect('"')
    let plain = true
    while (at < json.length && json[at] !== '"') {
      if (json[at] === "\\") {
        plain = false
        at++
      } else if (json.charCodeAt(at) < 0x20) wrong("no control characters in a text")
      at++
    }
    expect('"')
    if (plain) return json.slice(start + 1, at - 1)
    try {
      return JSON.parse(json.slice(start, at)) as string
    } catch {
      return wrong("a text", start)
    }
  }
  const number = () => {
    skipSpace()
    const digits = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y
    digits.lastIndex = at
    const value = Number(digits.exec(json)?.[0])
    if (!Number.isSafeInteger(value)) wrong("a whole number")
    at = digits.lastIndex
    return value
  }
  return {
    text,
    object: (each) => {
      const keys = new Set<string>()
      expect("{")
      items("}", () => {
        const key = text()
        if (keys.has(key)) fail("each key once", `"${key}" twice`)
        keys.add(key)
        expect(":")
        each(key)
      })
    },
    numbers: () => {
      const read: Array<number> = []
      expect("[")
      items("]", () => read.push(number()))
      return read
    },
    end: () => {
      skipSpace()
      if (at < json.length) wrong("nothing after the header")
    },
  }
}
