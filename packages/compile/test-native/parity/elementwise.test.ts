import { checkFamily } from "./check.ts"
import { elementwise } from "./elementwise.ts"

checkFamily("elementwise", elementwise)
