#!/usr/bin/env node
import { bundleCommand, workspace } from "./bundle-command.js"
import { explainBuild } from "./bundle-project.js"
import { runProgram } from "./run-program.js"

// The command of the workspace, whose programs are bundled from their sources.
await runProgram(bundleCommand, (error) =>
  error.code === "ERR_MODULE_NOT_FOUND"
    ? `Freshet is not set up: ${error.message}\n  Run \`npm run setup\` in ${workspace}.`
    : explainBuild(error),
)
