import { checkFamily } from "./check.ts"
import { complex } from "./complex.ts"

checkFamily("complex numbers", complex)
