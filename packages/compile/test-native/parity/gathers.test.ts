import { checkFamily } from "./check.ts"
import { gathers } from "./gathers.ts"

checkFamily("gathers", gathers)
