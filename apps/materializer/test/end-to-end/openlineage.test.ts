import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { declareFetched, withShop } from "./shop.ts"
import { withEnvironment } from "./test-project.ts"

interface Dataset {
  readonly name: string
  readonly facets?: {
    readonly columnLineage?: { readonly fields: Readonly<Record<string, unknown>> }
  }
}

interface Event {
  readonly eventType: string
  readonly run: { readonly runId: string; readonly facets: Readonly<Record<string, unknown>> }
  readonly job: { readonly name: string }
  readonly inputs: readonly Dataset[]
  readonly outputs: readonly Dataset[]
}

const readEvents = (path: string): readonly Event[] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event)

const names = (datasets: readonly Dataset[]) => datasets.map(({ name }) => name)

/** Runs `work` with the URL of a server that answers with a status, or never, and the events that it received. */
async function withReceiver(
  status: number | undefined,
  work: (url: string, events: readonly Event[]) => Promise<void>,
): Promise<void> {
  const events: Event[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    events.push(JSON.parse(await text(request)) as Event)
    if (status !== undefined) response.writeHead(status).end()
  }
  const server = createServer((request, response) => void receive(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/lineage`, events)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const declarations = declareFetched("", `if (partition > "2026-01-03") throw new Error("closed")`)

test("the events of a run are written to a file, with datasets and the lineage of columns", () =>
  withShop(async (project) => {
    const path = join(project.folder, "lineage/events.jsonl")
    const place = withEnvironment(project, { FRESHET_OPENLINEAGE: path })
    expect((await runFreshet(place, "materialize", "best", "fetched")).code).toBe(3)
    const events = readEvents(path)
    const find = (type: string, job: string) =>
      events.filter(({ eventType, job: { name } }) => eventType === type && name === job)
    expect([find("START", "freshet"), find("FAIL", "freshet")]).toMatchObject([[{}], [{}]])
    const [run] = find("START", "freshet")
    const [best] = find("COMPLETE", "best")
    expect(best?.run.facets["parent"]).toMatchObject({ run: { runId: run?.run.runId } })
    expect([names(best?.inputs ?? []), names(best?.outputs ?? [])]).toEqual([["items"], ["best"]])
    expect(best?.outputs[0]).toMatchObject({
      facets: {
        schema: {
          fields: [
            { name: "item", type: "VARCHAR" },
            { name: "orders", type: "BIGINT" },
          ],
        },
        columnLineage: {
          fields: {
            item: {
              inputFields: [
                { name: "items", field: "item", transformations: [{ subtype: "IDENTITY" }] },
              ],
            },
            orders: {
              inputFields: [
                {
                  name: "items",
                  field: "orders",
                  transformations: [{ subtype: "TRANSFORMATION" }],
                },
              ],
            },
          },
        },
      },
      outputFacets: { outputStatistics: { rowCount: 6 } },
    })
    expect(find("FAIL", "fetched")).toMatchObject([
      {
        outputs: [],
        run: { facets: { errorMessage: { message: "the code of `fetched` failed: closed" } } },
      },
    ])
    const starts = events.filter(({ eventType }) => eventType === "START")
    expect(new Set(events.map((event) => event.run.runId)).size).toBe(starts.length)
    expect(events).toHaveLength(2 * starts.length)
  }, declarations))

test.each([
  ["accepts them", 201, ["freshet START", "freshet COMPLETE"]],
  ["refuses them", 500, ["freshet START", "freshet COMPLETE"]],
  ["never answers", undefined, ["freshet START", "freshet START"]],
] as const)("a run succeeds with a receiver that %s", (_behaviour, status, firstAndLast) =>
  withShop(async (project) => {
    await withReceiver(status, async (url, events) => {
      const place = withEnvironment(project, { FRESHET_OPENLINEAGE: url })
      expectDone(await runFreshet(place, "materialize", "best"))
      const received = events.map(({ job, eventType }) => `${job.name} ${eventType}`)
      expect([received[0], received.at(-1)]).toEqual(firstAndLast)
    })
  }),
)

test("a run succeeds with a file that cannot be written, and with an address where nothing listens", () =>
  withShop(async (project: DeclaredProject) => {
    for (const FRESHET_OPENLINEAGE of ["/proc/none/events.jsonl", "http://127.0.0.1:1/lineage"]) {
      const place = withEnvironment(project, { FRESHET_OPENLINEAGE })
      expectDone(await runFreshet(place, "materialize", "best"))
      expectDone(await runFreshet(project, "wipe", "best", "--all", "--yes"))
    }
  }))
