import { checkFamily } from "./check.ts"
import { images } from "./images.ts"

checkFamily("images", images)
