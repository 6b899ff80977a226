import { formatBytes, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { GarbageDocument, SystemDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { CommandText } from "../../ui/controls.tsx"
import { Facts, Section } from "../../ui/layout.tsx"

import classes from "./system.module.css"

/** The workers, what can be removed, and the places. */
export function SystemAside({ system }: { readonly system: SystemDocument }) {
  const { places } = system
  return (
    <>
      <Workers system={system} />
      <Garbage />
      <Orphaned orphaned={system.orphaned} />
      <Section title="Places">
        <dl className={classes["places"]}>
          <dt>Lake</dt>
          <dd className="mono">{places.lake}</dd>
          <dt>Landing zone</dt>
          <dd className="mono">{places.landing}</dd>
          <dt>State folder</dt>
          <dd className="mono">{places.home}</dd>
          <dt>Ledger and published tables</dt>
          <dd>
            {places.ledger === "embedded" ? "embedded PostgreSQL" : <code>DATABASE_URL</code>}
          </dd>
        </dl>
      </Section>
    </>
  )
}

function Workers({ system: { workers, now } }: { readonly system: SystemDocument }) {
  return (
    <Section title="Workers">
      {workers.length === 0 ? <p className="faint">No run is under way.</p> : null}
      {workers.map(({ worker, run, pid, host, claims, ...times }) => (
        <Facts
          key={worker}
          facts={[
            [
              "Run",
              <Link key="run" to="/runs/$run" params={{ run }} className="link">
                {run}
              </Link>,
            ],
            ["Process", `${pid} on ${host}`],
            ["Since", formatTime(times.started_at, now)],
            ["Last heartbeat", formatTime(times.heartbeat_at, now)],
            ["Works on", formatQuantity(claims, "claim")],
          ]}
        />
      ))}
    </Section>
  )
}

function Garbage() {
  const { data: garbage, error } = useDocument<GarbageDocument>("/api/garbage")
  return (
    <Section title="Expired and orphaned files">
      {error === null ? null : <p className="quiet">{error.message}</p>}
      {garbage === undefined ? null : garbage.files + garbage.materializations === 0 ? (
        <p className="faint">Nothing to remove.</p>
      ) : (
        <>
          <p>
            {formatQuantity(garbage.files, "file")}, {formatBytes(garbage.bytes)};{" "}
            {formatQuantity(garbage.materializations, "expired materialization")}
          </p>
          <CommandText command="freshet gc" />
        </>
      )}
      {garbage === undefined || garbage.unknown_files === 0 ? null : (
        <p className="quiet">
          {formatQuantity(garbage.unknown_files, "file")} that no step wrote stay.
        </p>
      )}
    </Section>
  )
}

function Orphaned({ orphaned }: Pick<SystemDocument, "orphaned">) {
  return (
    <Section title="Orphaned assets and tables">
      {orphaned.length === 0 ? <p className="faint">None.</p> : null}
      {orphaned.map(({ asset, table, files, bytes, rows }) => (
        <p key={`${asset} ${table ?? ""}`}>
          <span className="strong">{table ?? asset}</span>{" "}
          <span className="quiet">
            {[
              ...(files === 0 ? [] : [formatQuantity(files, "file"), formatBytes(bytes)]),
              ...(rows === null ? [] : [formatQuantity(rows, "row")]),
            ].join(", ")}
          </span>
        </p>
      ))}
    </Section>
  )
}
