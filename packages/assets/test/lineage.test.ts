import type { Asset, Columns, Read } from "@freshet/core"
import {
  buildGraph,
  formatRelationName,
  getOutputs,
  quoteName,
  renderSql,
  sharedRelation,
  type SqlComputation,
} from "@freshet/core/engine"
import type { ColumnLineage } from "@freshet/io"
import { findWitnesses, type RandomTable, type Witness } from "@freshet/io/testing/taint-oracle"
import { expect, test } from "vitest"

import { definitions } from "../src/index.ts"
import { withEngine } from "./stocktwits/with-engine.ts"

const result = buildGraph(definitions())
if (result.kind === "problems") throw new TypeError("the declarations have problems")
const { graph } = result
const computations = graph.computations.flatMap((computation) =>
  computation.kind === "sql" ? [computation] : [],
)

const partition = {
  key: "2000-01-01",
  day: "2000-01-01",
  start: "2000-01-01T00:00:00Z",
  end: "2000-01-02T00:00:00Z",
}

function toTable(read: Read, output: Asset): RandomTable {
  const columns: Columns = (read.asset ?? output).columns
  return {
    name: formatRelationName(read),
    columns: new Map(Object.entries(columns).map(([name, { type }]) => [name, type])),
  }
}

function listTables(computation: SqlComputation, output: Asset): readonly RandomTable[] {
  const tables = computation.reads.map((read) => toTable(read, output))
  return [...new Map(tables.map((table) => [table.name, table])).values()]
}

/** Finds the columns whose changes change an output of a computation, and those that its lineage does not name. */
async function checkLineage(computation: SqlComputation) {
  return withEngine({}, async ({ engine }) => {
    const lineage = await engine.traceColumns(graph, computation)
    return engine.session.withConnection(async (connection) => {
      const prepare = () => createShared(connection, computation)
      const witnesses: Witness[] = []
      const missed: string[] = []
      for (const output of getOutputs(graph, computation)) {
        const { query } = computation.outputs.find(({ asset }) => asset === output.name) ?? {}
        const traced = lineage.get(output.name)
        if (query === undefined || traced === undefined) throw new TypeError(output.name)
        const outputWitnesses = await findWitnesses(connection, {
          tables: listTables(computation, output),
          sql: renderSql(query, partition),
          outputs: Object.keys(output.columns),
          rounds: 2,
          prepare,
        })
        witnesses.push(...outputWitnesses)
        const isNamed = createSourceTest(computation, output, traced)
        missed.push(
          ...outputWitnesses
            .filter((witness) => !isNamed(witness))
            .map(({ table, column, output: name }) => `${output.name}.${name}: ${table}.${column}`),
        )
      }
      return { missed, witnesses: witnesses.length }
    })
  })
}

/** Computes the rows that the queries of a computation share. Random values may make the query fail; then no row changes. */
async function createShared(
  { run }: { readonly run: (sql: string) => Promise<void> },
  { shared }: SqlComputation,
): Promise<void> {
  if (shared === undefined) return
  const sql = renderSql(shared, partition)
  await run(`create or replace temp table ${quoteName(sharedRelation)} as ${sql}`).catch(() => {})
}

/** Creates a test if the lineage of an output names the column of a witness. */
function createSourceTest({ reads }: SqlComputation, output: Asset, traced: ColumnLineage) {
  const assets = new Map(
    reads.map((read) => [formatRelationName(read), (read.asset ?? output).name]),
  )
  return ({ table, column, output: name }: Witness): boolean =>
    [...(traced.columns.get(name) ?? []), ...traced.rows].some(
      (source) => source.asset === assets.get(table) && source.column === column,
    )
}

let witnessCount = 0

test.each(computations.map((computation) => [computation.name, computation] as const))(
  "no column of %s has a source that its lineage misses",
  async (_, computation) => {
    const { missed, witnesses } = await checkLineage(computation)
    witnessCount += witnesses
    expect(missed).toEqual([])
  },
)

test("random contents reach the columns of the queries", () => {
  expect(witnessCount).toBeGreaterThan(2 * computations.length)
})
