import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { openRunLedger } from "@freshet/io"
import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone } from "./expect-done.ts"
import { freshet } from "./freshet-process.ts"
import { landOrders, landShop, partitionFile, shop, shopDays } from "./shop.ts"
import { passingFiles, storedFiles } from "./stored-files.ts"

const [first, second, , newest] = shopDays

test("x", async () => {
  await withDeclaredProject(shop(), async (project) => {
    landShop(project)
    const say = async (...w: string[]) => {
      const e = await freshet(project, ...w)
      console.log(w.join(" "), e.code, Math.round(e.ms), "\n" + e.stdout, e.stderr)
    }
    await say("backfill", "best", "--from", first, "--to", newest)
    await say("verify")
    await say("verify", "--sample", "100%", "--seed", "3")
    await say("verify", "--files")
    await say("verify", "--json")
    await say("backfill", "best", "--from", first, "--to", second, "--inputs", "recorded")
    await say("gc", "--dry-run")
    await say("gc")
    await project.declare(shop({ least: 2, retention: "retention: keepFor({ days: 0 })" }))
    await say("backfill", "best", "--from", first, "--to", second, "--inputs", "recorded")
    await say("materialize")
    await say("backfill", "best", "--from", first, "--to", newest)
    await say("gc", "--dry-run", "--grace", "0")
    await say("gc", "--grace", "0", "--json")
    await say("gc", "--grace", "0")
  })
}, 100_000)
