import {
  type Asset,
  type Check,
  type CheckResult,
  itself,
  quoteName,
  relationName,
  renderSql,
  type Sql,
  unreachable,
  type PartitionText,
} from "@freshet/core"

import { numberCell } from "./cell.ts"
import type { Content } from "./content.ts"
import { engineFailure } from "./failure.ts"
import { pathList } from "./literal.ts"
import type { Connection, JsonRow } from "./session.ts"

/** The rows of one asset that are to be checked. */
export interface CheckedRows {
  readonly asset: Asset
  readonly path: string
  readonly content: Content
  /** `YYYY-MM-DD`, for queries that mention it. */
  readonly partition: PartitionText
}

const sampleRows = 5

/** Runs the checks of several assets, one after the other. */
export async function checkAll(
  connection: Connection,
  rows: readonly CheckedRows[],
  checksOf: (asset: Asset) => readonly Check[],
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  for (const each of rows)
    results.push(...(await runChecks(connection, checksOf(each.asset), each)))
  return results
}

/** Runs these checks, and the one that follows from the columns: what is not declared nullable is never null. */
async function runChecks(
  connection: Connection,
  checks: readonly Check[],
  rows: CheckedRows,
): Promise<readonly CheckResult[]> {
  const all = [...impliedChecks(rows.asset), ...checks]
  if (all.some((check) => needsRows(check, rows.content))) await createItself(connection, rows.path)
  const results: CheckResult[] = []
  for (const check of all) results.push(await runCheck(connection, check, rows))
  return results
}

/** What the scan of the content answers needs no further look at the rows, unless some of them are to be shown. */
function needsRows({ rule }: Check, { nulls }: Content): boolean {
  if (rule.kind === "row_count") return false
  return rule.kind !== "not_null" || rule.columns.some((name) => nulls.get(name) !== 0)
}

/** Makes the rows readable under the name that checks use for them. */
async function createItself(connection: Connection, path: string): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW ${quoteName(relationName(itself))} AS FROM read_parquet(${pathList([path])})`,
  )
}

function impliedChecks(asset: Asset): readonly Check[] {
  const columns = Object.entries(asset.columns).flatMap(([name, { nullable }]) =>
    nullable ? [] : [name],
  )
  if (columns.length === 0) return []
  const description = `${columns.join(", ")} never null`
  const rule = { kind: "not_null", columns } as const
  return [{ kind: "check", name: "not_null", severity: "error", description, rule }]
}

async function runCheck(
  connection: Connection,
  check: Check,
  rows: CheckedRows,
): Promise<CheckResult> {
  const { name, severity } = check
  try {
    const { failures, sample } = await findFailures(connection, check, rows)
    return { asset: rows.asset.name, name, severity, passed: failures === 0, failures, sample }
  } catch (cause) {
    throw engineFailure(`the check ${name} of \`${rows.asset.name}\``, cause)
  }
}

interface Failures {
  readonly failures: number
  readonly sample: readonly JsonRow[]
}

const noFailures: Failures = { failures: 0, sample: [] }

async function findFailures(
  connection: Connection,
  { rule }: Check,
  { content, partition }: CheckedRows,
): Promise<Failures> {
  switch (rule.kind) {
    case "row_count": {
      const { rows } = content
      const fits = rows >= rule.min && rows <= (rule.max ?? Infinity)
      return fits ? noFailures : { failures: 1, sample: [{ rows }] }
    }
    case "not_null":
      return await findNulls(connection, rule.columns, content)
    case "unique":
      return await findRepeated(connection, rule.columns)
    case "no_rows":
      return (await isProven(connection, rule.proof, partition))
        ? noFailures
        : await findRows(connection, renderSql(rule.query, partition))
    default:
      return unreachable(rule)
  }
}

async function findNulls(
  connection: Connection,
  columns: readonly string[],
  { nulls }: Content,
): Promise<Failures> {
  const failures = columns.reduce((sum, name) => sum + (nulls.get(name) ?? 0), 0)
  if (failures === 0) return noFailures
  const anyNull = columns.map((name) => `${quoteName(name)} IS NULL`).join(" OR ")
  const sample = await connection.rows(`FROM "itself" WHERE ${anyNull} LIMIT ${sampleRows}`)
  return { failures, sample }
}

/** Failures are the rows too many. */
async function findRepeated(connection: Connection, columns: readonly string[]): Promise<Failures> {
  const keys = columns.map(quoteName).join(", ")
  if (await haveOwnHashes(connection, keys)) return noFailures
  const groups = `SELECT ${keys}, count(*) AS rows FROM "itself" GROUP BY ${keys} HAVING count(*) > 1`
  const [found] = await connection.rows(
    `SELECT coalesce(sum(rows - 1), 0)::DOUBLE AS failures FROM (${groups})`,
  )
  const failures = numberCell(found, "failures")
  if (failures === 0) return noFailures
  return { failures, sample: await connection.rows(`${groups} ORDER BY ALL LIMIT ${sampleRows}`) }
}

/** Keys whose hashes are all different are different themselves; sorted, equal hashes stand side by side. Sorting numbers is quicker than grouping keys. */
async function haveOwnHashes(connection: Connection, keys: string): Promise<boolean> {
  const [found] = await connection.rows(`
    SELECT count(*) = 0 AS proven FROM (
      SELECT hash, lag(hash) OVER (ORDER BY hash) AS before FROM (
        SELECT hash(${keys}) AS hash FROM "itself"))
    WHERE hash = before`)
  return found?.["proven"] === true
}

async function isProven(
  connection: Connection,
  proof: Sql | undefined,
  partition: PartitionText,
): Promise<boolean> {
  if (proof === undefined) return false
  const [found] = await connection.rows(
    `SELECT (${renderSql(proof, partition)})::BOOLEAN AS proven`,
  )
  return found?.["proven"] === true
}

async function findRows(connection: Connection, query: string): Promise<Failures> {
  const [found] = await connection.rows(`SELECT count(*)::DOUBLE AS failures FROM (${query})`)
  const failures = numberCell(found, "failures")
  if (failures === 0) return noFailures
  return { failures, sample: await connection.rows(`SELECT * FROM (${query}) LIMIT ${sampleRows}`) }
}
