import type { AnyAsset, Asset, Columns } from "@freshet/core"
import { type CodeComputation, getOutputs, type Graph } from "@freshet/core/engine"
import type { ColumnLineage, ColumnSource } from "@freshet/io"

import type { Project } from "../project.ts"

/** Asset → the lineage of its columns. */
export type ProjectLineage = ReadonlyMap<string, ColumnLineage>

/** Traces the columns of all computations. The output of code may come from every column that the code reads. */
export async function traceProject({ graph, runtime }: Project): Promise<ProjectLineage> {
  const { engine } = runtime()
  const lineages = await Promise.all(
    graph.computations.map((computation) =>
      computation.kind === "code"
        ? Promise.resolve(traceCode(graph, computation))
        : engine.traceColumns(graph, computation),
    ),
  )
  return new Map(lineages.flatMap((lineage) => [...lineage]))
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
