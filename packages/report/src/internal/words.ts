/** Numbers as people read them. */

export const thousands = (count: number): string => count.toLocaleString("en")
export const counted = (count: number, one: string): string => `${thousands(count)} ${count === 1 ? one : `${one}s`}`
export const percent = (share: number): string => `${Math.round(100 * share)} %`
