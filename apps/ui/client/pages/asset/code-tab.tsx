import type { AssetDetailDocument } from "../../api/documents.ts"
import { CodeBlock, Empty, Facts, Section, Split } from "../../ui/layout.tsx"
import { formatReadWindow } from "./read-window.ts"

/** The queries of an asset as they run, with placeholders for the partition. */
export function CodeTab({ asset }: { readonly asset: AssetDetailDocument }) {
  const { queries, reads, versions, kind } = asset
  if (queries.length === 0)
    return (
      <Empty title={kind === "source" ? "A source has no code." : "A code asset has no query."}>
        <p className="quiet">
          {kind === "source"
            ? "Its rows come from landed files."
            : "Its rows come from a function of the declaration."}
        </p>
      </Empty>
    )
  return (
    <Split
      aside={
        <>
          <Section title="Versions">
            <Facts
              facts={[
                [
                  "Newest materialization",
                  <code key="code">{versions?.code_version.slice(0, 8) ?? "none"}</code>,
                ],
              ]}
            />
          </Section>
          <Section title="Reads">
            <Facts facts={reads.map((read) => [read.asset, formatReadWindow(read, asset)])} />
          </Section>
        </>
      }
    >
      {queries.map((query, at) => (
        <CodeBlock key={query} text={trimIndent(query)} label={`Query ${at + 1}`} />
      ))}
    </Split>
  )
}

/** Removes the indentation that all lines share. */
function trimIndent(text: string): string {
  const lines = text
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split("\n")
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/))
  const indent = Math.min(...indents)
  return lines.map((line) => line.slice(indent)).join("\n")
}
