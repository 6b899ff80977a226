import type { Config } from "../config.ts"
import type { DatabaseDocument } from "../documents/database.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Services } from "../services.ts"

/** Reads where the database is and if the embedded server runs; starts nothing. */
export async function readDatabase({
  config,
}: Pick<Services, "config">): Promise<DatabaseDocument> {
  const { databaseUrl, home } = config
  if (databaseUrl !== undefined) {
    const location = hidePassword(databaseUrl)
    return { kind: "external", state: "unknown", stays_up: false, location }
  }
  const { readPostgresStatus } = await import("@freshet/embedded-postgres")
  const { kind, staysUp, dataFolder } = await readPostgresStatus(home)
  const state = kind === "deaf" ? "stopping" : kind
  return { kind: "embedded", state, stays_up: staysUp, location: dataFolder }
}

/** Starts the embedded server and lets it run while no command uses it; returns its URL. */
export async function keepServerUp({ config, withDatabase }: Services): Promise<string> {
  requireEmbedded(config)
  const { setStayUp } = await import("@freshet/embedded-postgres")
  setStayUp(config.home, true)
  return withDatabase(async (url) => url)
}

/** Lets the embedded server stop as soon as no command uses it. */
export async function releaseServer({ config }: Pick<Services, "config">): Promise<void> {
  requireEmbedded(config)
  const { setStayUp } = await import("@freshet/embedded-postgres")
  setStayUp(config.home, false)
}

function requireEmbedded({ databaseUrl }: Config): void {
  if (databaseUrl === undefined) return
  throw usageError({
    kind: "usage",
    message: "DATABASE_URL names a server of your own, which Freshet does not start or stop.",
  })
}

/** Replaces the password of a URL by asterisks. */
export function hidePassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, "$1:***@").replace(/(password=)[^&]*/, "$1***")
}
