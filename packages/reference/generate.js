/** `npm run reference`: writes docs/reference. */
import { generateReference } from "./reference.js"

await generateReference()
