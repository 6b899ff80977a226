import { mkdirSync, renameSync } from "node:fs"
import { join } from "node:path"

import { statusSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { runFreshet } from "./freshet-process.ts"
import { declareShop, withShop } from "./shop.ts"

test("a profile selects another target, and every command says so", () =>
  withShop(async (project) => {
    const { FRESHET_LANDING: landing = "", ...environment } = project.environment
    const prodLanding = join(landing, "..", "prod")
    mkdirSync(prodLanding)
    renameSync(join(landing, "orders"), join(prodLanding, "orders"))
    await project.declare(
      `${declareShop()}\nexport const profiles = { prod: { landing: ${JSON.stringify(prodLanding)} } }`,
    )
    const place = { ...project, environment: { ...environment, FRESHET_LANDING: "" } }
    const run = (...words: readonly string[]) => runFreshet(place, ...words)

    const plain = await run("status")
    expect(plain.stdout).toContain("No file has landed yet.")
    expect(plain.stderr).not.toContain("Profile")

    const prod = await run("--profile", "prod", "status")
    expect(prod.stderr).toContain("Profile prod\n")
    expect(prod.stdout).toContain(
      "`freshet materialize --profile prod` brings everything up to date.",
    )
    const document = await run("status", "--json", "--profile=prod")
    expect(parseDocument(statusSchema, document.stdout)).toMatchObject({ profile: "prod" })
    const variable = { ...place, environment: { ...place.environment, FRESHET_PROFILE: "prod" } }
    expect((await runFreshet(variable, "plan")).stderr).toContain("Profile prod\n")

    const completion = await runFreshet(variable, "__complete", "--", "runs", "show", "")
    expect(completion).toMatchObject({ code: 0, stdout: "", stderr: "" })

    const unknown = await run("--profile", "prd", "status")
    expect(unknown).toMatchObject({ code: 2, stdout: "" })
    expect(unknown.stderr).toContain("No profile is called `prd`.\n  Did you mean `prod`?")
  }))
