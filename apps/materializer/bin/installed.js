#!/usr/bin/env node
import { fileURLToPath } from "node:url"

import { explainBuild } from "./bundle-project.js"
import { runProgram } from "./run-program.js"

// The command of the installed package, whose programs were built when it was packed.
const folder = fileURLToPath(new URL("../dist/program", import.meta.url))
await runProgram(async () => folder, explainBuild)
