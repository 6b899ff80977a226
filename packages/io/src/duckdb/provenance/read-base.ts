import { readLandedFiles } from "../../input/read-landed-files.ts"
import type { EngineContext } from "../engine-context.ts"
import { createLandedPaths } from "../relations.ts"
import type { Connection } from "../session.ts"
import { buildEmptyQuery, formatColumnList, formatPathList } from "../sql-text.ts"
import type { ReadBase } from "./slices.ts"
import type { TraceInput } from "./trace-request.ts"

/** Creates the provider of all rows of an input; landed files are parsed once. */
export function createBaseReader(context: EngineContext, connection: Connection): ReadBase {
  const bases = new Map<string, string>()
  return async (input) => {
    const openedBase = bases.get(input.id)
    if (openedBase !== undefined) return openedBase
    const base = await openBase(context, connection, input, bases.size)
    bases.set(input.id, base)
    return base
  }
}

async function openBase(
  { store, session, landingZone }: EngineContext,
  connection: Connection,
  input: TraceInput,
  at: number,
): Promise<string> {
  if (input.kind === "stored") {
    const path = await store.localPath(input.file)
    return `SELECT ${formatColumnList(input.columns)} FROM read_parquet(${formatPathList([path])})`
  }
  const name = ` landed ${at}`
  const { source, files, reader, partition: key } = input
  if (files.length === 0)
    return `SELECT *, NULL::VARCHAR AS " file", NULL::BIGINT AS " ordinal" FROM (${buildEmptyQuery(source.columns)})`
  await readLandedFiles(
    { kind: "landed", name, source, partitions: [{ key, files }] },
    {
      connection,
      partition: reader,
      localPath: createLandedPaths({ store, landingZone }),
      scratchFolder: session.scratchFolder,
      parser: "fast",
      withOrigins: true,
    },
  )
  return `FROM "${name}"`
}
