import type { AnyAsset, Asset, Columns } from "@freshet/core"
import {
  type CodeComputation,
  type Computation,
  getOutputs,
  type Graph,
} from "@freshet/core/engine"
import type { ColumnLineage, ColumnSource } from "@freshet/io"

import type { Project } from "../project.ts"

/** Asset → the lineage of its columns. */
export type ProjectLineage = ReadonlyMap<string, ColumnLineage>

/** Traces the columns of all computations. The output of code may come from every column that the code reads. */
export async function traceProject(project: Project): Promise<ProjectLineage> {
  const { computations } = project.graph
  const lineages = await Promise.all(
    computations.map((computation) => traceComputation(project, computation)),
  )
  return new Map(lineages.flatMap((lineage) => [...lineage]))
}

/** Traces the columns of one computation. */
export async function traceComputation(
  { graph, runtime }: Project,
  computation: Computation,
): Promise<ProjectLineage> {
  return computation.kind === "code"
    ? traceCode(graph, computation)
    : runtime().engine.traceColumns(graph, computation)
}

function traceCode(graph: Graph, computation: CodeComputation): ProjectLineage {
  const outputs = getOutputs(graph, computation)
  return new Map(outputs.map((output) => [output.name, traceCodeOutput(computation, output)]))
}

function traceCodeOutput({ reads }: CodeComputation, output: Asset): ColumnLineage {
  const sources = reads.flatMap((read) => listColumns(read.asset ?? output))
  const columns = Object.keys(output.columns).map((name) => [name, sources] as const)
  return { columns: new Map(columns), rows: sources }
}

function listColumns({ name: asset, columns }: AnyAsset): readonly ColumnSource[] {
  const declaredColumns: Columns = columns
  return Object.keys(declaredColumns).map((column) => ({ asset, column, kind: "computed" }))
}
