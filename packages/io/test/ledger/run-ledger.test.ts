import {
  type CheckResult,
  computeFingerprint,
  formatFingerprint,
  FreshetError,
} from "@freshet/core/engine"
import { expect, test } from "vitest"

import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { openRunLedger } from "../../src/ledger/run-ledger.ts"
import type { LiveRun } from "../../src/ledger/run-lock.ts"
import { readProvenance, readRuns, readSteps } from "../../src/ledger/runs.ts"
import { readSnapshot } from "../../src/ledger/snapshot.ts"
import {
  findNewestMaterialization,
  openLedgerDatabase,
  buildMaterialization,
  noAssets,
} from "./ledger-database.ts"
import { buildStep, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const readNames = () => readLedgerNames(client(), noAssets)
const quiet = {
  pid: 7,
  mode: "shared",
  wait: false,
  onWait: () => undefined,
  graph: noAssets,
} as const

function failedCheck(asset: string, severity: CheckResult["severity"], name: string): CheckResult {
  return { asset, name, severity, passed: false, failures: 3, sample: [{ user_id: 1 }] }
}

function withResolvers() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { resolve: () => resolve(), promise }
}

const findRecorded = (asset: string) => findNewestMaterialization(client(), asset)

test("a materialized step is the newest materialization of its assets", async () => {
  await withRun(url(), "made", async ({ ledger }) => {
    await ledger.recordStep(
      buildStep("made", {
        checks: [failedCheck("recs", "warn", "few"), failedCheck("x", "error", "e")],
      }),
    )
    expect(await findRecorded("recs")).toEqual({
      id: expect.any(Number),
      asset: "recs",
      partition: 20_000,
      fingerprint: formatFingerprint(computeFingerprint("input 1")),
      codeVersion: "code 1",
      codeText: null,
      inputVersion: "input 1",
      dataVersion: "data 1",
      file: "recs/2024-10-04/input 1.parquet",
      checksum: null,
      fileIdentity: null,
      rows: 10,
      bytes: 1_000,
      atMs: 1_728_000_000_250,
      durationMs: 250,
      checkVersion: "checks 1",
      failedErrors: 0,
      failedWarnings: 1,
    })
  })
})

test("an earlier materialization of the same inputs is reused, with its original duration", async () => {
  await withRun(url(), "reuse", async ({ ledger }) => {
    const first = buildMaterialization({ asset: "reused" })
    const second = buildMaterialization({
      asset: "reused",
      inputVersion: "input 2",
      dataVersion: "data 2",
    })
    await ledger.recordStep(buildStep("reuse", { materializations: [first] }))
    await ledger.recordStep(buildStep("reuse", { materializations: [second] }))
    expect((await findRecorded("reused"))?.dataVersion).toBe("data 2")

    const range = { from: 20_000, to: 20_000 }
    const found = await ledger.readMaterializations([{ asset: "reused", range }])
    expect(found.map(({ dataVersion }) => dataVersion)).toEqual(["data 1", "data 2"])
    await ledger.recordStep(
      buildStep("reuse", {
        materializations: [first],
        checkVersions: {},
        startedMs: 1_728_000_001_000,
        endedMs: 1_728_000_001_001,
        outcome: { kind: "reused" },
      }),
    )
    expect(await findRecorded("reused")).toMatchObject({
      dataVersion: "data 1",
      durationMs: 250,
      atMs: 1_728_000_001_001,
      checkVersion: "checks 1",
    })
  })
})

test("other rows from the same inputs are recorded as a contradiction", async () => {
  await withRun(url(), "twice", async ({ ledger }) => {
    const once = buildMaterialization({ asset: "unsteady" })
    await ledger.recordStep(buildStep("twice", { materializations: [once] }))
    const id = (await findRecorded("unsteady"))?.id ?? 0
    expect(
      (await readProvenance(client(), await readNames(), [id])).get(id)?.contradictedVersion,
    ).toBeUndefined()
    await ledger.recordStep(
      buildStep("twice", { materializations: [{ ...once, dataVersion: "data 2" }] }),
    )
    expect(await findRecorded("unsteady")).toMatchObject({ id, dataVersion: "data 2" })
    expect((await readProvenance(client(), await readNames(), [id])).get(id)).toEqual({
      run: "twice",
      reads: [
        { relation: "likes", asset: "likes", short: false, versions: [[20_000, "data of likes"]] },
      ],
      contradictedVersion: "data 1",
    })
  })
})

test("repeated checks replace the check results and nothing else", async () => {
  await withRun(url(), "check", async ({ ledger }) => {
    const materialized = buildMaterialization({ asset: "checked" })
    await ledger.recordStep(buildStep("check", { materializations: [materialized] }))
    const before = await findRecorded("checked")
    await ledger.recordStep(
      buildStep("check", {
        computation: "checked",
        materializations: [],
        checkVersions: { checked: "checks 2" },
        checks: [failedCheck("checked", "error", "unique(id)")],
        endedMs: 1_728_000_009_000,
        outcome: { kind: "checked" },
      }),
    )
    expect(await findRecorded("checked")).toEqual({
      ...before,
      checkVersion: "checks 2",
      failedErrors: 1,
    })
  })
})

test("a failure stands until the computation succeeds", async () => {
  await withRun(url(), "fail", async ({ ledger }) => {
    const failures = async () => (await readSnapshot(client(), noAssets)).failures.get("broken")
    const attempt = {
      computation: "broken",
      inputVersion: "input 9",
      fingerprint: "00000000000000ff",
      materializations: [],
    }
    const failed = { kind: "failed", message: "no space left", hint: "Free some." } as const
    await ledger.recordStep(buildStep("fail", { ...attempt, outcome: failed }))
    expect((await failures())?.get(20_000)).toEqual({
      run: "fail",
      outcome: "failed",
      checks: [],
      message: "no space left",
      atMs: 1_728_000_000_250,
      fingerprint: "00000000000000ff",
    })
    const refused = { kind: "checks_failed", failedFiles: ["broken/kept.parquet"] } as const
    const checks = [failedCheck("broken", "error", "unique(id)")]
    await ledger.recordStep(buildStep("fail", { ...attempt, checks, outcome: refused }))
    await ledger.recordStep(
      buildStep("fail", { ...attempt, outcome: { kind: "skipped", blocker: "asked to stop" } }),
    )
    expect((await failures())?.get(20_000)).toMatchObject({
      outcome: "checks_failed",
      message: "3 rows of broken fail unique(id)",
    })
    await ledger.recordStep(
      buildStep("fail", { materializations: [buildMaterialization({ asset: "broken" })] }),
    )
    expect(await failures()).toBeUndefined()
  })
})

test("steps that arrive together are committed together, in their order", async () => {
  await withRun(url(), "group", async ({ ledger }) => {
    const partitions = Array.from({ length: 200 }, (_, index) => index)
    await Promise.all(
      partitions.map((partition) =>
        ledger.recordStep(
          buildStep("group", {
            materializations: [buildMaterialization({ asset: "many", partition })],
          }),
        ),
      ),
    )
    const recorded = await readSteps(client(), await readNames(), "group")
    expect(recorded.map(({ partition }) => partition)).toEqual(partitions)
    const { rows } = await client().query<{ commits: number }>(
      "select count(distinct xmin::text)::integer as commits from freshet.steps where run = 'group'",
    )
    expect(rows[0]?.commits).toBeLessThanOrEqual(2)
  })
})

test("the same partition recorded twice at once is two steps, the later one newest", async () => {
  await withRun(url(), "same", async ({ ledger }) => {
    const versions = ["data 1", "data 2", "data 3"]
    await Promise.all(
      versions.map((dataVersion, index) =>
        ledger.recordStep(
          buildStep("same", {
            materializations: [
              buildMaterialization({ asset: "same", dataVersion, inputVersion: `input ${index}` }),
            ],
          }),
        ),
      ),
    )
    expect((await findRecorded("same"))?.dataVersion).toBe("data 3")
    expect(await readSteps(client(), await readNames(), "same")).toHaveLength(3)
  })
})

test("any text can be recorded, including text that PostgreSQL cannot store", async () => {
  await withRun(url(), "text", async ({ ledger }) => {
    const sample = [{ body: "a\0b \uD800 \u{1F600} \\u0000", message_id: 9_007_199_254_740_993n }]
    const checks: CheckResult[] = [
      { asset: "text", name: "odd 'name'", severity: "warn", passed: false, failures: 1, sample },
    ]
    await ledger.recordStep(
      buildStep("text", { checks, materializations: [buildMaterialization({ asset: "text" })] }),
    )
    const [recorded] = await readSteps(client(), await readNames(), "text")
    expect(recorded?.checks[0]?.sample).toEqual([
      { body: "a\uFFFDb \uFFFD \u{1F600} \\u0000", message_id: "9007199254740993" },
    ])
  })
})

test("a command that needs the run lock alone fails with the name of a run, or waits for it", async () => {
  const exclusive = { ...quiet, mode: "exclusive" } as const
  await withRun(url(), "first", async ({ ledger, close }) => {
    const error = await openRunLedger(url(), exclusive).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(FreshetError)
    expect(error).toMatchObject({ code: "busy" })
    expect(String(error)).toMatch(/run first \(`freshet materialize first`\), process 42 on /)

    const runs: (LiveRun | undefined)[] = []
    const { resolve, promise: waiting } = withResolvers()
    const second = openRunLedger(url(), {
      ...exclusive,
      wait: true,
      onWait: (run) => {
        runs.push(run)
        resolve()
      },
    })
    await waiting
    expect(runs[0]).toMatchObject({ run: "first", pid: 42 })
    await ledger.endRun({ id: "first", outcome: "succeeded" })
    await close()
    await (await second).close()
  })
})

test("no run opens while a command holds the run lock alone, and one that waits for it keeps out none", async () => {
  const exclusive = await openRunLedger(url(), { ...quiet, mode: "exclusive" })
  await expect(openRunLedger(url(), quiet)).rejects.toMatchObject({ code: "busy" })
  await exclusive.close()
  const run = await openRunLedger(url(), quiet)
  const { resolve, promise: waiting } = withResolvers()
  const options = { ...quiet, mode: "exclusive", wait: true, onWait: resolve } as const
  const next = openRunLedger(url(), options)
  await waiting
  await (await openRunLedger(url(), quiet)).close()
  await run.close()
  await (await next).close()
})

test("a run that was killed is closed as such by the next one, at the time of its last step", async () => {
  await withRun(url(), "killed", ({ ledger }) =>
    ledger.recordStep(
      buildStep("killed", {
        materializations: [buildMaterialization({ asset: "killed" })],
        endedMs: 4e12,
      }),
    ),
  )
  const next = await openRunLedger(url(), quiet)
  await next.close()
  const run = (await readRuns(client(), 100)).find(({ id }) => id === "killed")
  expect(run).toMatchObject({ outcome: "killed", endedMs: 4e12 })
})

test("a run that lost its connection cannot record any more, and is notified immediately", async () => {
  const told: FreshetError[] = []
  const run = await openRunLedger(url(), {
    ...quiet,
    onConnectionLost: (error) => told.push(error),
  })
  await run.ledger.beginRun({
    id: "lost",
    command: "freshet materialize",
    kind: "interactive",
    steps: 2,
    work: {},
    codeVersion: "",
  })
  const ended = new Promise((resolve) => run.client.once("end", resolve))
  await client().query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'freshet run, pid 7'",
  )
  await ended
  expect(told[0]).toMatchObject({ code: "ledger", message: expect.stringContaining("lost") })
  await withRun(url(), "successor", async () => {
    const late = [buildStep("lost"), buildStep("lost", { computation: "other" })].map(
      run.ledger.recordStep,
    )
    for (const error of await Promise.all(late.map((record) => record.catch((e: unknown) => e))))
      expect(error).toMatchObject({ code: "ledger" })
    expect(await readSteps(client(), await readNames(), "lost")).toEqual([])
  })
  await run.close()
})

test("after a failed record nothing later is recorded", async () => {
  const run = await openRunLedger(url(), quiet)
  await run.ledger.beginRun({
    id: "refusing",
    command: "freshet materialize",
    kind: "interactive",
    steps: 2,
    work: {},
    codeVersion: "",
  })
  const records = [buildStep("unknown run"), buildStep("refusing")].map(run.ledger.recordStep)
  const errors = await Promise.all(records.map((record) => record.catch((e: unknown) => e)))
  expect(errors[0]).toMatchObject({ code: "ledger", message: expect.stringContaining("refused") })
  expect(errors[1]).toBe(errors[0])
  expect(await readSteps(client(), await readNames(), "refusing")).toEqual([])
  await run.close()
})
