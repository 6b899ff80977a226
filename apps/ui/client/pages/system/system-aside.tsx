import { formatBytes, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { GarbageDocument, SystemDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { CommandText } from "../../ui/controls.tsx"
import { Facts, Section } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { formatRunTitle } from "../runs/run-words.ts"

import classes from "./system.module.css"

/** The run lock, what can be removed, and the places. */
export function SystemAside({ system }: { readonly system: SystemDocument }) {
  const { places } = system
  return (
    <>
      <RunLock system={system} />
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

function RunLock({ system: { run_lock: lock, now } }: { readonly system: SystemDocument }) {
  const { owner, held: isHeld, waiting } = lock
  return (
    <Section title="Run lock">
      <p className="row">
        <State state={isHeld ? "running" : "fresh"}>{isHeld ? "held" : "free"}</State>
        {waiting === 0 ? null : (
          <State state="queued">{formatQuantity(waiting, "process", "processes")} waiting</State>
        )}
      </p>
      {isHeld && owner === null ? <p className="quiet">Its run is just starting.</p> : null}
      {owner === null ? null : (
        <Facts
          facts={[
            [
              "Run",
              <Link key="run" to="/runs/$run" params={{ run: owner.run }} className="link">
                {formatRunTitle(owner.command)}
              </Link>,
            ],
            ["Process", `${owner.pid} on ${owner.host}`],
            ["Since", formatTime(owner.started_at, now)],
          ]}
        />
      )}
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
