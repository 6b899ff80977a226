import { type Asset, type Check, itself, type Sql } from "@freshet/core"
import {
  type CheckResult,
  formatRelationName,
  type PartitionText,
  quoteName,
  renderSql,
  unreachable,
} from "@freshet/core/engine"

import { getNumberCell } from "./cell.ts"
import type { Content } from "./content.ts"
import { toEngineError } from "./engine-error.ts"
import type { Connection, JsonRow } from "./session.ts"
import { formatPathList } from "./sql-text.ts"

/** The rows of one asset to check. */
export interface RowsToCheck {
  readonly asset: Asset
  readonly path: string
  readonly content: Content
  /** `YYYY-MM-DD`, for queries that refer to the day. */
  readonly partition: PartitionText
}

const sampleSize = 5

/** Runs the checks of several assets in sequence. */
export async function runChecks(
  connection: Connection,
  assetRows: readonly RowsToCheck[],
  getChecks: (asset: Asset) => readonly Check[],
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  for (const rows of assetRows)
    results.push(...(await runAssetChecks(connection, getChecks(rows.asset), rows)))
  return results
}

/** Runs these checks and the implied one: columns that are not nullable have no nulls. */
async function runAssetChecks(
  connection: Connection,
  checks: readonly Check[],
  rows: RowsToCheck,
): Promise<readonly CheckResult[]> {
  const allChecks = [...listImpliedChecks(rows.asset), ...checks]
  if (allChecks.some((check) => needsRows(check, rows.content)))
    await createItselfView(connection, rows.path)
  const results: CheckResult[] = []
  for (const check of allChecks) results.push(await runCheck(connection, check, rows))
  return results
}

/** Tests if a check must read the rows: the content scan does not decide it, or failed rows are sampled. */
function needsRows({ rule }: Check, { nulls }: Content): boolean {
  if (rule.kind === "row_count") return false
  return rule.kind !== "not_null" || rule.columns.some((name) => nulls.get(name) !== 0)
}

/** Creates the relation of the rows under the name that checks use. */
async function createItselfView(connection: Connection, path: string): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW ${quoteName(formatRelationName(itself))} AS FROM read_parquet(${formatPathList([path])})`,
  )
}

function listImpliedChecks(asset: Asset): readonly Check[] {
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
  rows: RowsToCheck,
): Promise<CheckResult> {
  const { name, severity } = check
  try {
    const { failures, sample } = await findFailures(connection, check, rows)
    return { asset: rows.asset.name, name, severity, passed: failures === 0, failures, sample }
  } catch (cause) {
    throw toEngineError(`the check ${name} of \`${rows.asset.name}\``, cause)
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
  { content, partition }: RowsToCheck,
): Promise<Failures> {
  switch (rule.kind) {
    case "row_count": {
      const { rows } = content
      const isInBounds = rows >= rule.min && rows <= (rule.max ?? Infinity)
      return isInBounds ? noFailures : { failures: 1, sample: [{ rows }] }
    }
    case "not_null":
      return await findNulls(connection, rule.columns, content)
    case "unique":
      return await findDuplicateKeys(connection, rule.columns)
    case "no_rows":
      return (await isProven(connection, rule.proof, partition))
        ? noFailures
        : await findReturnedRows(connection, renderSql(rule.query, partition))
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
  const sample = await connection.rows(`FROM "itself" WHERE ${anyNull} LIMIT ${sampleSize}`)
  return { failures, sample }
}

/** Finds duplicate keys; all their rows but the first count as failures. */
async function findDuplicateKeys(
  connection: Connection,
  columns: readonly string[],
): Promise<Failures> {
  const keys = columns.map(quoteName).join(", ")
  if (await hasDistinctHashes(connection, keys)) return noFailures
  const groups = `SELECT ${keys}, count(*) AS rows FROM "itself" GROUP BY ${keys} HAVING count(*) > 1`
  const [totals] = await connection.rows(
    `SELECT coalesce(sum(rows - 1), 0)::DOUBLE AS failures FROM (${groups})`,
  )
  const failures = getNumberCell(totals, "failures")
  if (failures === 0) return noFailures
  return { failures, sample: await connection.rows(`${groups} ORDER BY ALL LIMIT ${sampleSize}`) }
}

/** Tests the uniqueness of keys by their sorted hashes: distinct hashes prove distinct keys, and sorting numbers is faster than grouping keys. */
async function hasDistinctHashes(connection: Connection, keys: string): Promise<boolean> {
  const [row] = await connection.rows(`
    SELECT count(*) = 0 AS proven FROM (
      SELECT hash, lag(hash) OVER (ORDER BY hash) AS before FROM (
        SELECT hash(${keys}) AS hash FROM "itself"))
    WHERE hash = before`)
  return row?.["proven"] === true
}

async function isProven(
  connection: Connection,
  proof: Sql | undefined,
  partition: PartitionText,
): Promise<boolean> {
  if (proof === undefined) return false
  const [row] = await connection.rows(`SELECT (${renderSql(proof, partition)})::BOOLEAN AS proven`)
  return row?.["proven"] === true
}

async function findReturnedRows(connection: Connection, query: string): Promise<Failures> {
  const [totals] = await connection.rows(`SELECT count(*)::DOUBLE AS failures FROM (${query})`)
  const failures = getNumberCell(totals, "failures")
  if (failures === 0) return noFailures
  return { failures, sample: await connection.rows(`SELECT * FROM (${query}) LIMIT ${sampleSize}`) }
}
