import { groupBy } from "@freshet/core/engine"
import type { Client } from "pg"

import { toWholeMilliseconds } from "./milliseconds-sql.ts"
import { withTransaction } from "./transaction.ts"

export type AlertKind = "tick_failed" | "overdue"

/** An alert to open; an open alert of the same key is left as it is. */
export interface NewAlert {
  /** The root cause. */
  readonly key: string
  readonly title: string
  readonly detail: string
}

/** An alert in the ledger. */
export interface RecordedAlert extends NewAlert {
  readonly id: number
  readonly kind: AlertKind
  readonly openedMs: number
  /** Undefined while it is open. */
  readonly resolvedMs: number | undefined
  /** True when its opening was delivered. */
  readonly isSent: boolean
  readonly lastError: string | undefined
}

/** Opens the alerts of a kind, and resolves the open ones that are not among them, except those of `undecidedKeys`. */
export function syncAlerts(
  client: Client,
  kind: AlertKind,
  {
    alerts,
    undecidedKeys = [],
  }: { readonly alerts: readonly NewAlert[]; readonly undecidedKeys?: readonly string[] },
): Promise<void> {
  return withTransaction(client, async () => {
    await client.query(
      `update freshet.alerts set resolved_at = now(), next_attempt_at = now(), attempts = 0
       where kind = $1 and resolved_at is null and key <> all($2)`,
      [kind, [...alerts.map(({ key }) => key), ...undecidedKeys]],
    )
    await client.query(
      `insert into freshet.alerts (kind, key, title, detail)
       select $1, key, title, detail
       from unnest($2::text[], $3::text[], $4::text[]) as alert (key, title, detail) order by key
       on conflict (key) where resolved_at is null do nothing`,
      [
        kind,
        alerts.map(({ key }) => key),
        alerts.map(({ title }) => title),
        alerts.map(({ detail }) => detail),
      ],
    )
  })
}

/** A delivery that this process has claimed. */
export interface AlertDelivery extends RecordedAlert {
  readonly notification: "opened" | "resolved"
}

const alertColumns = `id, kind, key, title, detail, ${toWholeMilliseconds("opened_at")} as opened,
  ${toWholeMilliseconds("resolved_at")} as resolved, opened_sent_at is not null as sent, last_error as error`

interface AlertRow extends NewAlert {
  readonly id: string
  readonly kind: AlertKind
  readonly opened: number
  readonly resolved: number | null
  readonly sent: boolean
  readonly error: string | null
}

/** Claims the due deliveries for a minute: the opening of alerts, then their end. A delivery whose process is killed is due again. */
export async function claimDeliveries(client: Client): Promise<readonly AlertDelivery[]> {
  const { rows } = await client.query<AlertRow>(
    `update freshet.alerts
     set next_attempt_at = now() + interval '1 minute', attempts = attempts + 1
     where id in (
       select id from freshet.alerts
       where next_attempt_at <= now() and opened_at > now() - interval '7 days'
         and (opened_sent_at is null or (resolved_at is not null and resolved_sent_at is null))
       order by id limit 20 for update skip locked
     )
     returning ${alertColumns}`,
  )
  return rows.map((row) => ({ ...toAlert(row), notification: row.sent ? "resolved" : "opened" }))
}

/** Records that a delivery succeeded. */
export async function endDelivery(
  client: Client,
  { id, notification }: Pick<AlertDelivery, "id" | "notification">,
): Promise<void> {
  await client.query(
    `update freshet.alerts set ${notification}_sent_at = now(), next_attempt_at = now(),
       attempts = 0, last_error = null
     where id = $1`,
    [id],
  )
}

/** Records that a delivery failed: it is due again after 2, 4, 8 … seconds, at most an hour. */
export async function postponeDelivery(client: Client, id: number, error: string): Promise<void> {
  await client.query(
    `update freshet.alerts
     set next_attempt_at = now() + least(3600, 2 ^ least(attempts, 12)) * interval '1 second',
       last_error = $2
     where id = $1`,
    [id, error],
  )
}

/** Reads the newest alerts, open ones first. */
export async function readAlerts(client: Client, limit: number): Promise<readonly RecordedAlert[]> {
  const { rows } = await client.query<AlertRow>(
    `select ${alertColumns} from freshet.alerts
     order by resolved_at is not null, id desc limit $1`,
    [limit],
  )
  return rows.map(toAlert)
}

function toAlert({ id, kind, key, title, detail, ...row }: AlertRow): RecordedAlert {
  return {
    id: Number(id),
    kind,
    key,
    title,
    detail,
    openedMs: row.opened,
    resolvedMs: row.resolved ?? undefined,
    isSent: row.sent,
    lastError: row.error ?? undefined,
  }
}

/** Reads the messages of the first failed steps of runs: run → `items: check unique(id) failed`. */
export async function readFailureMessages(
  client: Client,
  runs: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (runs.length === 0) return new Map()
  const { rows } = await client.query<{
    run: string
    computation: string
    message: string | null
  }>(
    `select step.run, computation, message
     from unnest($1::text[]) as failed (run) cross join lateral (
       select * from freshet.steps
       where steps.run = failed.run and outcome in ('failed', 'checks_failed')
       order by id limit 5
     ) as step
     order by id`,
    [runs],
  )
  return new Map(
    [...groupBy(rows, ({ run }) => run)].map(([run, steps]) => [
      run,
      steps.map(({ computation, message }) => `${computation}: ${message ?? "a check failed"}`),
    ]),
  )
}
