import { checkFamily } from "./check.ts"
import { reductions } from "./reductions.ts"

checkFamily("reductions", reductions)
