import type { Client } from "pg"

import { runLockHeld } from "./locks.ts"
import { stepMark } from "./marks.ts"
import { newestMigration } from "./migrate.ts"

/**
 * One text that stands for all that planning reads from the ledger: once anything of it has changed, the text is and
 * stays another one. Undefined where it may be just about to change (another process has the right to run, or a run was
 * left open), and where the tables are not those of the newest of the migrations in `folder`.
 */
export async function readStanding(client: Client, folder: string): Promise<string | undefined> {
  const wanted = await newestMigration(folder)
  const { rows } = await client.query<[string, number, boolean]>({
    rowMode: "array",
    text: standing,
  })
  const [text, migration, isMoving] = rows[0] ?? []
  return migration === wanted && isMoving === false ? text : undefined
}

/**
 * Which ledger; what was forgotten last; the newest step, run and publication; what runs have seen declared, which the
 * next run puts right. Numbers alone would come again in a ledger that was restored from a copy, so each stands beside
 * something that does not. Everything else that planning reads changes only together with one of these, or follows from
 * the landing zone and the declarations.
 */
const standing = `
  select
    json_build_array(
      ledger, epoch, identity.xmin::text, step, ${stepMark("step")},
      (select id || ' ' || started_at from freshet.runs order by started_at desc limit 1),
      (select md5(publications::text) from freshet.publications order by id desc limit 1),
      (select count(*) from freshet.declared_assets where removed_at is null),
      (select max(removed_at) from freshet.declared_assets)
    )::text,
    (select max(created_at)::float8 from freshet.migrations),
    ${runLockHeld("pid <> pg_backend_pid()")}
      or exists (select from freshet.runs where outcome is null)
  from freshet.identity, (select coalesce(max(id), 0) as step from freshet.steps) as newest`
