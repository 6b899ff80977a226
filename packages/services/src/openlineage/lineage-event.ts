import type { Asset, Columns } from "@freshet/core"
import {
  type Computation,
  getOutputs,
  type Graph,
  type RunOutcome,
  type StepOutcome,
} from "@freshet/core/engine"
import type { ColumnLineage } from "@freshet/io"

/** The state of a run or a step in OpenLineage. */
export type LineageState = "START" | "COMPLETE" | "FAIL" | "ABORT"

/** The namespace of jobs and datasets. */
const namespace = "freshet"
const producer = "urn:freshet"
const specification = "https://openlineage.io/spec"

/** Describes a run or a step that changes its state. */
export interface LineageSubject {
  /** Name of the job: `freshet` for a run, the computation for a step. */
  readonly job: string
  readonly runId: string
  /** The id of Freshet's run, and the step of it. */
  readonly run: string
  readonly step?: string
  /** The OpenLineage id of the run to which a step belongs. */
  readonly parentId?: string
}

/** An event of the OpenLineage specification, as JSON. */
export type LineageEvent = Readonly<Record<string, unknown>>

/** Builds the event of a change of state. */
export function buildLineageEvent(
  { job, runId, run, step, parentId }: LineageSubject,
  change: { readonly state: LineageState; readonly atMs: number; readonly message?: string },
  datasets: { readonly inputs: readonly object[]; readonly outputs: readonly object[] },
): LineageEvent {
  const { state, atMs, message } = change
  const parent = parentId && {
    parent: buildFacet("1-1-0/ParentRunFacet", {
      run: { runId: parentId },
      job: { namespace, name: "freshet" },
    }),
  }
  const error = message !== undefined && {
    errorMessage: buildFacet("1-0-1/ErrorMessageRunFacet", {
      message,
      programmingLanguage: "TypeScript",
    }),
  }
  const origin = { _producer: producer, _schemaURL: "urn:freshet:run", run, step: step ?? null }
  return {
    eventType: state,
    eventTime: new Date(atMs).toISOString(),
    producer,
    schemaURL: `${specification}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: { runId, facets: { freshet_run: origin, ...parent, ...error } },
    job: { namespace, name: job, facets: {} },
    ...datasets,
  }
}

function buildFacet(schema: string, fields: object): object {
  const name = schema.split("/")[1]
  const url = `${specification}/facets/${schema}.json#/$defs/${name}`
  return { _producer: producer, _schemaURL: url, ...fields }
}

/** Lists the datasets that a computation reads. */
export function listInputDatasets({ reads, outputs }: Computation): readonly object[] {
  const names = reads.flatMap(({ asset }) => asset?.name ?? outputs.map((output) => output.asset))
  return [...new Set(names)].map((name) => ({ namespace, name }))
}

/** Describes the datasets that a step wrote: their columns, the origin of these, and the rows of a single output. */
export function describeOutputDatasets(
  graph: Graph,
  computation: Computation,
  written: {
    readonly rows: number
    readonly lineage: ReadonlyMap<string, ColumnLineage>
  },
): readonly object[] {
  const outputs = getOutputs(graph, computation)
  return outputs.map((output) => ({
    namespace,
    name: output.name,
    facets: {
      schema: buildSchemaFacet(output),
      ...buildColumnLineageFacet(written.lineage.get(output.name)),
    },
    outputFacets:
      outputs.length > 1
        ? {}
        : {
            outputStatistics: buildFacet("1-0-2/OutputStatisticsOutputDatasetFacet", {
              rowCount: written.rows,
            }),
          },
  }))
}

function buildSchemaFacet({ columns }: Asset): object {
  const declaredColumns: Columns = columns
  const fields = Object.entries(declaredColumns).map(([name, { type, description }]) => ({
    name,
    type,
    ...(description === undefined ? {} : { description }),
  }))
  return buildFacet("1-1-1/SchemaDatasetFacet", { fields })
}

function buildColumnLineageFacet(lineage: ColumnLineage | undefined): object {
  if (lineage === undefined) return {}
  const fields = [...lineage.columns].map(([column, sources]) => [
    column,
    {
      inputFields: sources.map((source) => ({
        namespace,
        name: source.asset,
        field: source.column,
        transformations: [
          { type: "DIRECT", subtype: source.kind === "copied" ? "IDENTITY" : "TRANSFORMATION" },
        ],
      })),
    },
  ])
  const facet = buildFacet("1-2-0/ColumnLineageDatasetFacet", {
    fields: Object.fromEntries(fields),
  })
  return { columnLineage: facet }
}

const runStates: Readonly<Record<RunOutcome, LineageState>> = {
  succeeded: "COMPLETE",
  failed: "FAIL",
  interrupted: "ABORT",
}

/** Converts the outcome of a run. */
export function toRunState(outcome: RunOutcome): LineageState {
  return runStates[outcome]
}

/** Converts the outcome of a step. */
export function toStepState({ kind }: StepOutcome): LineageState {
  if (kind === "failed" || kind === "checks_failed") return "FAIL"
  return kind === "skipped" ? "ABORT" : "COMPLETE"
}

/** Builds the UUID that OpenLineage requires from a hash in hexadecimal. */
export function toUuid(hash: string): string {
  const groups = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`]
  return [...groups, `a${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-")
}
