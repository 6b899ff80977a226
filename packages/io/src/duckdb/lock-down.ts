import type { Connection } from "./session.ts"
import { formatPathList } from "./sql-text.ts"

/** Leaves the database of the connection nothing of the machine but these files, for good. */
export async function lockDown(connection: Connection, paths: readonly string[]): Promise<void> {
  await connection.run(`
    SET allowed_paths = ${formatPathList(paths)};
    SET enable_external_access = false;
    SET lock_configuration = true`)
}
