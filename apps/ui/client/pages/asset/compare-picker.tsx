import { formatQuantity } from "@freshet/core/engine"
import { useNavigate } from "@tanstack/react-router"

import type {
  AssetDetailDocument,
  PartitionsDocument,
  VersionsDocument,
} from "../../api/documents.ts"
import { formatAssetPath, formatPath, useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { Field, inputClass } from "../../ui/controls.tsx"

const partitionLimit = 400

interface ComparePickerProps {
  readonly asset: AssetDetailDocument
  /** The partition on the page. */
  readonly current: string | undefined
  /** `version:12` or `partition:2026-01-05`. */
  readonly compare: string | undefined
}

/** Chooses an earlier version of the partition, or another partition, to compare with. */
export function ComparePicker({ asset, current, compare }: ComparePickerProps) {
  const navigate = useNavigate()
  const { data: versions } = useDocument<VersionsDocument>(
    formatPath(formatAssetPath(asset.name, "/versions"), { partition: current }),
    { enabled: current !== undefined && asset.kind !== "source" },
  )
  const { data: list } = useDocument<PartitionsDocument>(
    formatPath(formatAssetPath(asset.name, "/partitions"), { limit: partitionLimit }),
  )
  const earlier = (versions?.versions ?? []).filter(({ is_current: isCurrent }) => !isCurrent)
  const partitions = (list?.partitions ?? []).filter(
    ({ key, rows, state }) =>
      key !== current && (asset.kind === "source" ? state === "fresh" : rows !== null),
  )
  if (earlier.length + partitions.length === 0) return null
  const change = (value: string) =>
    void navigate({
      to: "/assets/$asset",
      params: { asset: asset.name },
      search: {
        tab: "rows",
        ...(current === undefined ? {} : { partition: current }),
        ...(value === "" ? {} : { compare: value }),
      },
      resetScroll: false,
    })
  return (
    <Field label="Compare with">
      <select
        className={inputClass}
        value={compare ?? ""}
        onChange={({ target }) => change(target.value)}
      >
        <option value="">nothing</option>
        {earlier.length === 0 ? null : (
          <optgroup label="Earlier versions">
            {earlier.map(({ version, materialized_at: at, rows }) => (
              <option key={version} value={`version:${version}`}>
                {formatTime(at, "")}, {formatQuantity(rows, "row")}
              </option>
            ))}
          </optgroup>
        )}
        {partitions.length === 0 ? null : (
          <optgroup label="Other partitions">
            {partitions.map(({ key }) => (
              <option key={key} value={`partition:${key}`}>
                {key}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </Field>
  )
}
