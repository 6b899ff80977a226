import { Link } from "@tanstack/react-router"

import type { AssetStateDocument, LineageDocument } from "../../api/documents.ts"
import { type Column, Table } from "../../ui/table.tsx"
import { LensWord } from "./lens-mark.tsx"
import { getLensTitle, type LensName, markAsset } from "./lenses.ts"

import classes from "./lineage.module.css"

type Read = LineageDocument["edges"][number]

interface LineageTableProps {
  /** The visible part of the lineage. */
  readonly lineage: LineageDocument
  readonly assets: ReadonlyMap<string, AssetStateDocument>
  readonly lens: LensName
}

/** Every visible read as a row, both ends under the lens: the graph as a table. */
export function LineageTable({ lineage, assets, lens }: LineageTableProps) {
  const nodes = new Map(lineage.nodes.map((node) => [node.name, node]))
  const mark = (name: string) => {
    const node = nodes.get(name)
    return node === undefined ? undefined : markAsset(lens, node, assets.get(name))
  }
  const columns: readonly Column<Read>[] = [
    ...createAssetColumns("Asset", ({ from }) => from, { lens, mark }),
    ...createAssetColumns("Read by", ({ to }) => to, { lens, mark }),
    {
      head: "Window",
      tone: "quiet",
      cell: ({ windows }) => (windows.length === 0 ? "same partition" : windows.join(", ")),
    },
  ]
  return (
    <div className={classes["table"]} tabIndex={0} role="region" aria-label="Reads">
      <Table columns={columns} rows={lineage.edges} getKey={({ from, to }) => `${from} ${to}`} />
    </div>
  )
}

interface LensCell {
  readonly lens: LensName
  readonly mark: (name: string) => ReturnType<typeof markAsset> | undefined
}

function createAssetColumns(
  head: string,
  getName: (read: Read) => string,
  { lens, mark }: LensCell,
): readonly Column<Read>[] {
  return [
    {
      head,
      tone: "strong",
      cell: (read) => (
        <Link to="/assets/$asset" params={{ asset: getName(read) }}>
          {getName(read)}
        </Link>
      ),
    },
    {
      head: getLensTitle(lens),
      cell: (read) => {
        const { tone, word, value } = mark(getName(read)) ?? { tone: "none", word: "", value: "" }
        return <LensWord category={{ tone, word: value === "" ? word : value }} />
      },
    },
  ]
}
