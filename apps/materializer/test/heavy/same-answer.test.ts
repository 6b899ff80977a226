import { randomUUID } from "node:crypto"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { withLedger } from "@freshet/io"
import { afterAll, beforeAll, expect, test } from "vitest"

import { type Answer, keepAnswer, readAnswer } from "../../src/project/answer-file.ts"
import { type DeclaredProject, withDeclaredProject } from "../system/declared-project.ts"
import { expectDone } from "../system/expect-done.ts"
import { type Ended, freshet } from "../system/freshet-process.ts"
import {
  landOrders,
  landShop,
  partitionFile,
  shop,
  shopDays,
  whileRunIsUnderWay,
} from "../system/shop.ts"
import { until } from "../system/until.ts"

const [first, second, , newest] = shopDays
const nothing = "Nothing is stale: everything asked for is up to date.\n"

let landed: string

beforeAll(() => {
  landed = mkdtempSync(join(tmpdir(), "freshet-landed-"))
  const land = (path: string, content: string) => {
    mkdirSync(join(landed, path, ".."), { recursive: true })
    writeFileSync(join(landed, path), content)
  }
  landShop({ land })
})

afterAll(() => {
  rmSync(landed, { recursive: true, force: true })
})

/** The same project with other environment variables set. */
function withEnvironment(
  project: DeclaredProject,
  environment: Readonly<Record<string, string>>,
): DeclaredProject {
  return { ...project, environment: { ...project.environment, ...environment } }
}

/** Lends a shop of which everything is made. Tests share its landing zone, and change nothing there. */
function withMadeShop(work: (project: DeclaredProject) => Promise<void>, code = shop()) {
  return withDeclaredProject(code, async (project) => {
    const made = withEnvironment(project, { FRESHET_LANDING: landed })
    expectDone(await freshet(made, "materialize"))
    await work(made)
  })
}

/** The same with a landing zone of its own. */
function withOwnShop(work: (project: DeclaredProject) => Promise<void>) {
  return withDeclaredProject(shop(), async (project) => {
    landShop(project)
    expectDone(await freshet(project, "materialize"))
    await work(project)
  })
}

interface Asked extends Ended {
  /** Whether what is declared was loaded. */
  readonly loaded: boolean
}

async function ask(project: DeclaredProject, ...words: readonly string[]): Promise<Asked> {
  const before = project.loads()
  const ended = await freshet(project, ...words)
  return { ...ended, loaded: project.loads() > before }
}

/** Asks until the answer is known: files that just landed have to come to rest first. */
async function settle(project: DeclaredProject, ...words: readonly string[]): Promise<void> {
  const command = words.length === 0 ? ["materialize"] : words
  await until(async () => !(await ask(project, ...command)).loaded)
}

async function expectLongWay(project: DeclaredProject, printed = nothing): Promise<void> {
  const asked = await ask(project, "materialize")
  expect(asked).toMatchObject({ code: 0, stdout: printed, loaded: true })
}

async function twice(work: () => Promise<void>): Promise<void> {
  await work()
  await work()
}

async function sql(project: DeclaredProject, text: string): Promise<void> {
  await project.withDatabase((url) =>
    withLedger(url, async (client) => void (await client.query(text))),
  )
}

/** Changes the one answer that is kept. */
function edit({ home }: DeclaredProject, edited: (answer: Answer) => Answer): void {
  const [name = ""] = readdirSync(join(home, "nothing-stale"))
  const answer = readAnswer(home, name)
  if (answer !== undefined) keepAnswer(home, name, edited(answer))
}

const repeated = [
  ["materialize"],
  ["materialize", "--json"],
  ["materialize", "--jsonl"],
  ["materialize", "best", "--date", newest],
  ["materialize", "--only", "failed"],
  ["plan", "--exit-code"],
  ["plan", "best", "--partition", newest, "--json"],
]

test("each question is answered again as it was, without loading what is declared", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    rmSync(join(project.home, "nothing-stale"), { recursive: true })
    for (const words of repeated) {
      const asked = await ask(project, ...words)
      const again = await ask(project, ...words)
      expect({ words, loaded: [asked.loaded, again.loaded] }).toEqual({
        words,
        loaded: [true, false],
      })
      const said = ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr })
      expect(said(again)).toEqual(said(asked))
      expectDone(again)
    }
    const stale = await ask(project, "plan", "--from", first)
    expect(stale.stdout).toContain("never made")
  })
}, 30_000)

test("what is more than an answer, or depends on the time of day, is done each time", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    await twice(async () => {
      const dry = await ask(project, "materialize", "--dry-run")
      expect(dry).toMatchObject({ loaded: true, stderr: "A dry run: nothing was done.\n" })
      const saved = await ask(project, "plan", "--save", "plan.json")
      expect(saved.loaded).toBe(true)
      rmSync(join(project.folder, "plan.json"))
      expect((await ask(project, "plan", "not status:overdue")).loaded).toBe(true)
    })
  })
}, 30_000)

test("an edited declaration is seen", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    await project.declare(shop({ least: 2 }))
    const { stdout, loaded } = await ask(project, "plan")
    expect(loaded).toBe(true)
    expect(stdout).toContain("its code changed")
  })
}, 30_000)

test("declarations that look at the environment are loaded each time", async () => {
  const code = `${shop()}\nif (process.env.WITHOUT_BEST === "yes") assets.pop()`
  await withMadeShop(async (project) => {
    await twice(() => expectLongWay(project))
    expect(readdirSync(project.home)).not.toContain("nothing-stale")
  }, code)
}, 30_000)

test("what is asked elsewhere is asked anew: other colours, signs, folders, ledgers", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    const away = join(project.folder, "away")
    mkdirSync(away)
    for (const environment of [
      { NO_COLOR: "", FORCE_COLOR: "1" },
      { LC_ALL: "de_DE.UTF-8" },
      { FRESHET_LAKE: away },
      { FRESHET_LANDING: away },
      { FRESHET_HOME: away },
    ])
      expect({
        environment,
        loaded: (await ask(withEnvironment(project, environment), "plan")).loaded,
      }).toEqual({ environment, loaded: true })
    expect((await ask(project, "materialize")).loaded).toBe(false)
    await withDeclaredProject(shop(), async ({ environment }) => {
      const DATABASE_URL = environment["DATABASE_URL"] ?? ""
      const other = withEnvironment(project, { DATABASE_URL })
      expect((await ask(other, "plan")).stdout).toContain("never made")
      expect((await ask(other, "materialize")).stderr).toContain("belongs to another ledger")
    })
  })
}, 30_000)

test("files that land, change or go are seen, also one of the same size and time, and the landing zone itself", async () => {
  await withOwnShop(async (project) => {
    await settle(project)
    const day = join(project.landing, "orders", `${newest}.json`)
    const { atime, mtime } = statSync(day)
    const content = readFileSync(day, "utf8")
    writeFileSync(day, content.replace('"item 1"', '"item 9"'))
    utimesSync(day, atime, mtime)
    const changed = await ask(project, "materialize")
    expect(changed.loaded).toBe(true)
    expect(changed.stdout).toContain("2 partitions made")
    await settle(project)
    landOrders(project, "2026-01-05")
    expect((await ask(project, "materialize")).stdout).toContain("partitions made")
    await settle(project)
    rmSync(join(project.landing, "orders", "2026-01-05.json"))
    await expectLongWay(project)
    await settle(project)
    project.land("orders/notes.json", "")
    await twice(async () => {
      const { stderr, loaded } = await ask(project, "materialize")
      expect(loaded).toBe(true)
      expect(stderr).toContain("is not read")
    })
    rmSync(join(project.landing, "orders", "notes.json"))
    await settle(project)
    rmSync(project.landing, { recursive: true })
    const { code, stderr } = await ask(project, "materialize")
    expect(code).toBe(3)
    expect(stderr).toContain("There is no landing zone")
  })
}, 60_000)

test("a file that just landed may change unnoticed, so that nothing is repeated until it has come to rest", async () => {
  await withOwnShop(async (project) => {
    landOrders(project, newest, 9)
    expectDone(await freshet(project, "materialize"))
    await expectLongWay(project)
    landOrders(project, newest, 8)
    expect((await ask(project, "materialize")).stdout).toContain("partitions made")
  })
}, 30_000)

test("what is gone from the lake is seen", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    rmSync(partitionFile(project, "best", newest))
    const { stdout, stderr } = await ask(project, "materialize")
    expect(stderr).toContain("is gone from the lake")
    expect(stdout).toContain("1 partition made")
  })
}, 30_000)

test("what was forgotten, and what another run made or only published, is seen", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    expectDone(await freshet(project, "forget", "items", "--date", newest, "--yes"))
    expect((await ask(project, "materialize")).stdout).toContain("partition")
    await settle(project)
    expectDone(await freshet(project, "backfill", "items", "--date", second, "--only", "all"))
    expectDone(await freshet(project, "backfill", "best", "--date", first))
    await expectLongWay(project)
    await settle(project)
    const run = "(select id from freshet.runs order by started_at desc limit 1)"
    await sql(
      project,
      `insert into freshet.publications (set, partition, partition_key, version, run, changes)
       values ('other', 1, '1', 'v', ${run}, '[]')`,
    )
    await expectLongWay(project)
  })
}, 60_000)

test("a run under way is waited for, or refused, and one that was killed is closed", async () => {
  await withMadeShop(async (project) => {
    await settle(project, "materialize", "--no-wait")
    await settle(project)
    await whileRunIsUnderWay(project, async (end) => {
      const refused = await ask(project, "materialize", "--no-wait")
      expect(refused).toMatchObject({ code: 7, loaded: true })
      await end()
    })
    await expectLongWay(project)
    const { stdout } = await freshet(project, "runs", "--json")
    expect(JSON.parse(stdout).runs).toContainEqual(expect.objectContaining({ outcome: "killed" }))
  })
}, 30_000)

test("assets that another program declared are noted by the next run as before", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    await sql(project, "update freshet.declared_assets set removed_at = now() where name = 'best'")
    await expectLongWay(project)
    await settle(project)
    await sql(project, "insert into freshet.declared_assets (name) values ('of_another_program')")
    await expectLongWay(project)
  })
}, 30_000)

test("tables that are to be brought up to date are, and those of a newer program are refused", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    await sql(project, "update freshet.migrations set created_at = created_at + 1")
    const newer = await ask(project, "materialize")
    expect(newer).toMatchObject({ code: 8, loaded: true })
    expect(newer.stderr).toContain("newer Freshet")
  })
}, 30_000)

test("an answer is given again only while no partition has ended since", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    edit(project, (answer) => ({
      ...answer,
      basis: { ...answer.basis, untilMs: Date.now() + 60_000 },
    }))
    expect((await ask(project, "materialize")).loaded).toBe(false)
    edit(project, (answer) => ({ ...answer, basis: { ...answer.basis, untilMs: Date.now() } }))
    await expectLongWay(project)
    expect((await ask(project, "materialize")).loaded).toBe(false)
    const laterMs = Date.now() + 60_000 // the clock was put back since
    edit(project, (answer) => ({ ...answer, basis: { ...answer.basis, fromMs: laterMs } }))
    await expectLongWay(project)
  })
}, 30_000)

test("a damaged answer is none, so many are kept, and where none can be the work is done each time", async () => {
  await withMadeShop(async (project) => {
    await settle(project)
    const folder = join(project.home, "nothing-stale")
    const [name = ""] = readdirSync(folder)
    const whole = readFileSync(join(folder, name), "utf8")
    for (const damaged of [
      "",
      "x",
      whole.slice(0, -1),
      whole.replace("Nothing is", "Something is"),
    ]) {
      writeFileSync(join(folder, name), damaged)
      await expectLongWay(project)
    }
    for (let at = 0; at < 30; at += 1) writeFileSync(join(folder, randomUUID()), "")
    await expectLongWay(withEnvironment(project, { LC_ALL: "de_DE.UTF-8" }))
    expect(readdirSync(folder)).toHaveLength(20)
    rmSync(folder, { recursive: true })
    writeFileSync(folder, "in the way")
    await twice(() => expectLongWay(project))
  })
}, 30_000)
