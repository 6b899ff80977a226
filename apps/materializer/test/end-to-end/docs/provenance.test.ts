import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { test } from "vitest"

import { materializeOrders, withOrders } from "../orders.ts"
import { expectDocument } from "./expect-document.ts"

test("the commands of the provenance page print what it shows", () =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const bin = join(project.folder, "bin")
    mkdirSync(bin)
    const program = join(bin, "freshet")
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${project.program}" "$@"\n`)
    chmodSync(program, 0o755)
    const environment = { ...project.environment, PATH: `${bin}:${process.env["PATH"] ?? ""}` }
    await expectDocument("docs/provenance.md", { folder: project.folder, environment })
  }))
