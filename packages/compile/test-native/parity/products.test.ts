import { checkFamily } from "./check.ts"
import { products } from "./products.ts"

checkFamily("products", products)
