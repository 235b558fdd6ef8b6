/** The beginning of a text, and how many characters are left out; no character is cut in half. */
export const cut = (text: string, most: number): { readonly shown: string; readonly left: number } => {
  if (text.length <= most) return { shown: text, left: 0 }
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most
  return { shown: text.slice(0, end), left: text.length - end }
}

/** On one line, with an ellipsis where something is left out. */
export const shorten = (text: string, most: number): string => {
  const { left, shown } = cut(text, most)
  return left === 0 ? shown : `${shown}…`
}
