import { checkFamily } from "./check.ts"
import { shapes } from "./shapes.ts"

checkFamily("shapes", shapes)
