import { formatBytes, formatCount, formatDuration } from "@freshet/core/engine"

import type {
  AssetDetailDocument,
  ExplanationDocument,
  PartitionsDocument,
  StatusDocument,
} from "../../api/documents.ts"
import { formatAssetPath, useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { Facts, listClass, Section, Split } from "../../ui/layout.tsx"
import { StateIcon } from "../../ui/state.tsx"
import { formatNewestPath } from "./asset-documents.ts"
import { Explanation } from "./explanation.tsx"
import { HeatBar } from "./heat-bar.tsx"
import { listChecks, resultStates } from "./list-checks.ts"
import { Neighbours } from "./neighbours.tsx"
import { RowChart } from "./row-chart.tsx"

/** The state of an asset with its causes, its partitions, and its neighbours. */
export function OverviewTab({
  asset,
  onPlan,
}: {
  readonly asset: AssetDetailDocument
  readonly onPlan: (kind: string) => void
}) {
  const { name, kind, status, overdue, now } = asset
  const isExplained = kind !== "source" && status !== "fresh"
  const { data: explanation } = useDocument<ExplanationDocument>(
    formatAssetPath(name, "/explanation"),
    { enabled: isExplained },
  )
  const { data: partitions } = useDocument<PartitionsDocument>(formatNewestPath(name))
  const ownPartitions = partitions?.asset === name ? partitions : undefined
  return (
    <Split aside={<OverviewAside asset={asset} partitions={ownPartitions} />}>
      {isExplained && explanation?.asset === name ? (
        <Explanation asset={asset} explanation={explanation} onPlan={onPlan} />
      ) : null}
      {overdue === null ? null : (
        <Section title="Why it is overdue">
          <p>
            <span className="strong">{overdue.partition}</span> was due{" "}
            {formatTime(overdue.due_at, now)},{" "}
            {formatDuration(Date.parse(now) - Date.parse(overdue.due_at))} ago. {overdue.reason}.
          </p>
        </Section>
      )}
      {ownPartitions === undefined || ownPartitions.kind === "none" ? null : (
        <Section
          title="Partitions"
          detail={`${formatCount(ownPartitions.count)} ${ownPartitions.partition_noun}s`}
        >
          <HeatBar asset={name} partitions={ownPartitions} />
        </Section>
      )}
      <Neighbours asset={asset} />
    </Split>
  )
}

function OverviewAside({
  asset,
  partitions,
}: {
  readonly asset: AssetDetailDocument
  readonly partitions: PartitionsDocument | undefined
}) {
  return (
    <>
      <Section title="About">
        <p className="quiet">{asset.description}</p>
        {asset.path === null ? null : <code>{asset.path}</code>}
      </Section>
      {asset.kind === "source" ? null : <Newest asset={asset} partitions={partitions} />}
      {partitions === undefined ? null : <RowChart partitions={partitions} />}
      <CheckList asset={asset} />
      <PublishedFacts asset={asset} />
    </>
  )
}

function Newest({
  asset,
  partitions,
}: {
  readonly asset: AssetDetailDocument
  readonly partitions: PartitionsDocument | undefined
}) {
  const { materialized_at: at, rows, bytes, versions, now } = asset
  if (at === null) return null
  const ms = partitions?.partitions.find(({ key }) => key === asset.partition)?.ms
  return (
    <Section title="Newest materialization">
      <Facts
        facts={[
          ["Partition", asset.partition],
          ["Built", formatTime(at, now)],
          ["Took", ms === undefined || ms === null ? "" : formatDuration(ms)],
          ["Rows", rows === null ? "" : formatCount(rows)],
          ["Size", bytes === null ? "" : formatBytes(bytes)],
          ["Code version", <code key="code">{versions?.code_version.slice(0, 8)}</code>],
          ["Data version", <code key="data">{versions?.data_version.slice(0, 8)}</code>],
        ]}
      />
    </Section>
  )
}

function CheckList({ asset }: { readonly asset: AssetDetailDocument }) {
  const checks = listChecks(asset)
  if (checks.length === 0) return null
  const results = [...new Set(checks.map(({ result }) => result))]
  const counts = results.map(
    (result) => `${checks.filter((check) => check.result === result).length} ${result}`,
  )
  return (
    <Section title="Checks" detail={counts.join(", ")}>
      <ul className={listClass}>
        {checks.map(({ name, result }) => (
          <li key={name}>
            <StateIcon state={resultStates[result]} />
            <span>{name}</span>
            <span className="quiet">{result}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function PublishedFacts({ asset }: { readonly asset: AssetDetailDocument }) {
  const { data: status } = useDocument<StatusDocument>("/api/status")
  const { published } = asset
  if (published === null) return null
  const publication = status?.publications.find(({ set }) => set === published.set)
  return (
    <Section title="Published">
      <Facts
        facts={[
          ["Set", published.set],
          ["Partition", published.partition ?? "not published yet"],
          [
            "Since",
            publication === undefined ? "" : formatTime(publication.published_at, asset.now),
          ],
        ]}
      />
    </Section>
  )
}
