import type { PageQuery } from "@freshet/core"
import {
  formatPartition,
  formatSuggestion,
  type PartitionText,
  ProblemsError,
  renderSql,
} from "@freshet/core/engine"

import type { PageQueryResultDocument } from "../documents/page-query.ts"
import { isMaterialized } from "../materialization-records.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { queryProject, queryPublished } from "./query.ts"

/** A declared page query, and the values of its parameters. */
export interface PageQueryRequest {
  readonly query: string
  /** The newest materialized partition unless given. */
  readonly partition?: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

/** The number of rows that a page may show. */
const maxRows = 10_000
/** The time that a query over the published tables may take. */
const timeoutSeconds = 10
/** The number of partitions that a page may offer. */
const maxPartitions = 1000

/** Reads the rows of a page query that the configuration declares. */
export function readPageQuery(
  services: Services,
  request: PageQueryRequest,
): Promise<PageQueryResultDocument> {
  const pageQuery = findPageQuery(services, request.query)
  rejectUnknownParameters(pageQuery, request)
  return services.withProject({}, (project) =>
    readRequested(services, project, { pageQuery, request }),
  )
}

/** A page query and a request of it. */
interface RequestedQuery {
  readonly pageQuery: PageQuery
  readonly request: PageQueryRequest
}

async function readRequested(
  services: Services,
  project: Project,
  { pageQuery, request }: RequestedQuery,
): Promise<PageQueryResultDocument> {
  const stored = listMaterializedPartitions(project, pageQuery)
  const document = {
    query: pageQuery.name,
    partitions: stored.slice(0, maxPartitions).map(({ key }) => key),
  }
  const partition =
    request.partition === undefined
      ? stored[0]
      : stored.find(({ key }) => key === request.partition)
  if (partition === undefined)
    return { ...document, partition: null, columns: [], rows: [], more: false }
  const noValues = Object.fromEntries(pageQuery.parameters.map((name) => [name, null]))
  const query = pageQuery.query({ ...noValues, ...request.parameters, partition: partition.key })
  const sql = renderSql(query, partition)
  const { columns, rows, more } =
    pageQuery.tables === "published"
      ? await queryPublished(services, { sql, limit: maxRows, timeoutSeconds })
      : await queryProject(project, { sql, limit: maxRows })
  return { ...document, partition: partition.key, columns, rows, more }
}

/** Lists the materialized partitions, the newest first. */
function listMaterializedPartitions(
  project: Project,
  { asset: name }: PageQuery,
): readonly PartitionText[] {
  const { evaluation } = project
  const { partitions } = selectAsset(project, name)
  const bounds = evaluation.bounds.get(name)
  if (bounds === undefined) return []
  return Array.from({ length: bounds.to - bounds.from + 1 }, (_, at) => bounds.to - at)
    .filter((index) => isMaterialized(evaluation, name, index))
    .map((index) => formatPartition(partitions, index))
}

function findPageQuery({ config }: Services, name: string): PageQuery {
  const pageQuery = config.pageQueries.find((declared) => declared.name === name)
  if (pageQuery !== undefined) return pageQuery
  const names = config.pageQueries.map((declared) => declared.name)
  const message = `No page query is named \`${name}\`.`
  throw new ProblemsError("usage", [
    { kind: "usage", message, hint: formatSuggestion(name, names) },
  ])
}

function rejectUnknownParameters(
  { name, parameters: names }: PageQuery,
  { parameters }: PageQueryRequest,
): void {
  const unknownNames = Object.keys(parameters).filter((parameter) => !names.includes(parameter))
  if (unknownNames.length === 0) return
  throw new ProblemsError(
    "usage",
    unknownNames.map((unknown) => ({
      kind: "usage",
      message: `The page query \`${name}\` has no parameter ${unknown}.`,
      hint: formatSuggestion(unknown, names),
    })),
  )
}
