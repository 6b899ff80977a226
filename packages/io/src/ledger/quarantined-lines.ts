import type { Client } from "pg"

/** How many of a source's lines were set aside, of all that the newest step of each day read. */
export interface QuarantinedLines {
  readonly source: string
  readonly lines: number
  readonly quarantined: number
}

/** The sources of which lines are set aside now, by name. */
export async function readQuarantinedLines(client: Client): Promise<readonly QuarantinedLines[]> {
  const { rows } = await client.query<QuarantinedLines>(counting)
  return rows
}

const counting = `
  select source, sum(lines)::float8 as lines, sum(quarantined)::float8 as quarantined
  from (
    select distinct on (counts.source, steps.computation, steps.partition) counts.*
    from freshet.line_counts as counts join freshet.steps on steps.id = counts.step
    order by counts.source, steps.computation, steps.partition, steps.id desc
  ) as newest
  group by source having sum(quarantined) > 0 order by source`
