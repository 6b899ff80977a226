import {
  type AnyAsset,
  type Check,
  type CheckResult,
  type Columns,
  type Graph,
  readText,
  renderSql,
} from "@freshet/core"

import type { AssetDetail } from "../commands/asset-detail.ts"
import { ago, bytesText, counted, instant } from "./amount.ts"
import { type Look, paint, sign, stateTones } from "./look.ts"
import { grainText } from "./partition-words.ts"
import { failuresText } from "./refusal-lines.ts"
import { figureLines, periodLines } from "./report.ts"
import { partitionsWords, statusWords } from "./status-table.ts"
import { type Cell, type TableColumn, table } from "./table.ts"

/** Everything declared and known of an asset: the data dictionary, its lineage, checks, state and query. */
export function assetDetailLines(
  graph: Graph,
  detail: AssetDetail,
  nowMs: number,
  look: Look,
): readonly string[] {
  const { asset } = detail
  return [
    `${paint(look, "strong", asset.name)}  ${paint(look, "faint", kindWords(asset))}`,
    ...(asset.kind === "asset" && asset.report !== undefined ? [asset.report.title] : []),
    asset.description,
    ...(asset.owners.length > 0 ? [`owners: ${asset.owners.join(", ")}`] : []),
    ...(asset.tags.length > 0 ? [`tags: ${asset.tags.join(", ")}`] : []),
    ...section("Answer", answerLines(detail, narrower(look)), look),
    ...section("Columns", dictionaryLines(asset.columns, narrower(look)), look),
    ...section("Reads", readLines(asset), look),
    ...section("Read by", graph.downstream.get(asset.name) ?? [], look),
    ...section("Checks", checkLines(detail, narrower(look)), look),
    ...section("State", stateLines(graph, detail, nowMs, look), look),
    ...section("Query", queryLines(asset), look),
  ]
}

function answerLines({ answer }: AssetDetail, look: Look): readonly string[] {
  return answer === undefined ? [] : [...periodLines(answer), ...figureLines(answer, look)]
}

function section(title: string, lines: readonly string[], look: Look): readonly string[] {
  if (lines.length === 0) return []
  return [
    "",
    paint(look, "strong", title),
    ...lines.map((line) => (line === "" ? "" : `  ${line}`)),
  ]
}

function kindWords(asset: AnyAsset): string {
  const kind = asset.kind === "source" ? "source" : `${asset.computation.kind} asset`
  return `${kind} of ${asset.group}, ${grainText(asset.partitions)}`
}

const dictionary: readonly TableColumn[] = [
  { header: "name" },
  { header: "type" },
  { header: "unit", drop: 1 },
  { header: "description", shrinks: true },
]

/** The data dictionary: each column with its type, its unit and what it means. */
export function dictionaryLines(columns: Columns, look: Look): readonly string[] {
  const rows = Object.entries(columns).map(([name, column]) => [
    name,
    column.nullable ? `${column.type} or null` : column.type,
    column.unit ?? "",
    column.description ?? "",
  ])
  return table(dictionary, rows, look)
}

function narrower(look: Look): Look {
  return look.columns === undefined ? look : { ...look, columns: look.columns - 2 }
}

function readLines(asset: AnyAsset): readonly string[] {
  if (asset.kind === "source") return [`files ${asset.path} of the landing zone`]
  return asset.computation.reads.map((read) =>
    readText(read.asset?.name ?? `${asset.name} itself`, read.window),
  )
}

/** Each check with what it demands, and what it said last of the newest partition. */
function checkLines({ asset, checked }: AssetDetail, look: Look): readonly string[] {
  if (asset.kind === "source") return []
  const rows = asset.checks.map((check) =>
    checkRow(
      check,
      checked.find(({ name }) => name === check.name),
      look,
    ),
  )
  const declared = new Set(asset.checks.map(({ name }) => name))
  const implied = checked.filter(({ name, passed }) => !passed && !declared.has(name))
  const other = implied.map((result) => checkRow({ ...result, description: "" }, result, look))
  const columns = [{ header: "" }, { header: "" }, { header: "", shrinks: true }, { header: "" }]
  return table(columns, [...rows, ...other], look).slice(1)
}

function checkRow(
  { name, severity, description }: Pick<Check, "name" | "severity" | "description">,
  result: CheckResult | undefined,
  look: Look,
): readonly Cell[] {
  const tone = severity === "error" ? "bad" : "stale"
  const demand = severity === "error" ? description : `${description} (warns only)`
  if (result === undefined) return ["", name, demand, ""]
  return result.passed
    ? [{ text: sign(look, "made"), tone: "good" }, name, demand, { text: "passed", tone: "good" }]
    : [{ text: sign(look, "failed"), tone }, name, demand, { text: failuresText(result), tone }]
}

function stateLines(
  graph: Graph,
  { asset, state, key, record, publication }: AssetDetail,
  nowMs: number,
  look: Look,
): readonly string[] {
  const shown = state.status?.kind ?? "source"
  const words = `${paint(look, stateTones[shown], sign(look, shown))} ${statusWords(graph, state)}`
  const partitions = partitionsWords(state)
  return [
    `${words}${partitionText(state, key)}`,
    ...(partitions === "" ? [] : [`partitions: ${partitions}`]),
    ...(record === undefined
      ? []
      : [
          `made ${ago(record.atMs, nowMs)} (${instant(record.atMs)}): ${counted(record.rows, "row")}, ${bytesText(record.bytes)}`,
          `code version ${short(record.codeVersion)}, input version ${short(record.inputVersion)}, data version ${short(record.dataVersion)}`,
        ]),
    ...(state.overdue === undefined
      ? []
      : [`late: ${state.overdue.partitionKey} was due ${instant(state.overdue.dueMs)}`]),
    ...publicationLines(asset, publication),
  ]
}

/** Of which partition the state is told. */
function partitionText({ newest, partitioned, noun }: AssetDetail["state"], key?: string): string {
  const shown = key ?? newest
  if (shown === undefined || !partitioned) return ""
  return key === undefined && noun !== "key" ? `, newest ${shown}` : `, ${noun} ${shown}`
}

function publicationLines(
  asset: AnyAsset,
  publication: AssetDetail["publication"],
): readonly string[] {
  if (asset.kind === "source" || asset.publish === undefined) return []
  const shows =
    publication === undefined ? "not published yet" : `shows ${publication.partitionKey}`
  return [`published in the set ${asset.publish.set}: ${shows}`]
}

/** The first letters of a version: enough to tell versions apart. */
function short(version: string): string {
  return version.slice(0, 12)
}

/** What stands in a shown query where a partition's own facts will stand. */
const someFacts = { key: "KEY", day: "YYYY-MM-DD", start: "START", end: "END" }

function queryLines(asset: AnyAsset): readonly string[] {
  if (asset.kind === "source" || asset.computation.kind === "code") return []
  const { shared, outputs } = asset.computation
  const own = outputs.find((output) => output.asset === asset.name)?.query
  const queries = [shared, own].filter((query) => query !== undefined)
  return queries.flatMap((query, index) => [
    ...(index > 0 ? [""] : []),
    ...unindented(renderSql(query, someFacts)),
  ])
}

function unindented(text: string): readonly string[] {
  const lines = text.split("\n")
  const rest = lines.slice(1).filter((line) => line.trim() !== "")
  const margin = Math.min(...rest.map((line) => line.length - line.trimStart().length))
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin).trimEnd()))
}
