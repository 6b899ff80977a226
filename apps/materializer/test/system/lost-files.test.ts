import { rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone } from "./expect-done.ts"
import { freshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { withWorkplace } from "./workplace.ts"

const [, past] = smallDays
const newest = smallDays.at(-1)

test("what is gone from the lake is named, made anew with the same content, and disturbs nothing else", async () => {
  await withWorkplace(async (place) => {
    await landSmallInput(place)
    expectDone(await freshet(place, "materialize"))
    const before = await readContents(place)
    rmSync(join(place.lake, "follows", past ?? ""), { recursive: true })
    rmSync(join(place.lake, "user_recs"), { recursive: true })
    const { stderr } = await freshet(place, "status")
    expect(stderr).toContain(`What was made of \`follows\` ${past} is gone from the lake.`)
    const ended = await freshet(place, "materialize")
    expectDone(ended)
    expect(ended.stdout).toContain("2 partitions made")
    expect(ended.stderr).toContain(`user_recs ${newest}: made`)
    expect((await readContents(place)).versions).toEqual(before.versions)
    expect((await freshet(place, "plan", "--exit-code")).code).toBe(0)
  })
}, 30_000)
