/** All kernels that have cases. */
import type { Family } from "./case.ts"
import { complex } from "./complex.ts"
import { convolutions } from "./convolutions.ts"
import { elementwise } from "./elementwise.ts"
import { gathers } from "./gathers.ts"
import { images } from "./images.ts"
import { products } from "./products.ts"
import { reductions } from "./reductions.ts"
import { shapes } from "./shapes.ts"

export const families = {
  elementwise,
  reductions,
  products,
  shapes,
  gathers,
  convolutions,
  images,
  complex,
} as const satisfies { readonly [name: string]: Family }
