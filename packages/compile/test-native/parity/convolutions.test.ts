import { checkFamily } from "./check.ts"
import { convolutions } from "./convolutions.ts"

checkFamily("convolutions", convolutions)
