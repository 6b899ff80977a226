import { formatQuantity } from "@freshet/core/engine"

import type { DiagnosticsDocument, Finding, SystemDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { useDocument } from "../../api/use-document.ts"
import { formatNumberWord } from "../../format.ts"
import { Message, Problems, Section, Skeleton, Split } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { useTitle } from "../use-title.ts"
import { PublishedTables } from "./published-tables.tsx"
import { StorageTable } from "./storage-table.tsx"
import { SystemAside } from "./system-aside.tsx"

import classes from "./system.module.css"

/** Shows the health of the installation, and what lake, ledger and published tables hold. */
export function SystemPage() {
  useTitle("System")
  const { data: system, error } = useDocument<SystemDocument>("/api/system")
  const { data: diagnostics } = useDocument<DiagnosticsDocument>("/api/diagnostics")
  if (system === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  return (
    <>
      <h1 className={classes["title"]}>{describeFindings(diagnostics?.findings)}</h1>
      <Split aside={<SystemAside system={system} />}>
        <Findings findings={diagnostics?.findings} />
        <StorageTable storage={system.storage} />
        <PublishedTables system={system} />
      </Split>
    </>
  )
}

function describeFindings(findings: readonly Finding[] | undefined): string {
  if (findings === undefined) return "Checking the installation…"
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level)
  const [faults, warnings] = [count("fail"), count("warn")]
  if (faults.length > 0)
    return `${formatNumberWord(faults.length)} ${faults.length === 1 ? "part does" : "parts do"} not work: ${listSubjects(faults)}.`
  if (warnings.length > 0)
    return `Everything works. ${formatNumberWord(warnings.length)} ${warnings.length === 1 ? "warning" : "warnings"}: ${listSubjects(warnings)}.`
  return "Everything works."
}

function listSubjects(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ subject }) => subject))].join(", ")
}

const levelStates = {
  ok: ["fresh", "ok"],
  warn: ["stale", "warning"],
  fail: ["failed", "fault"],
} as const

const troubleLevels = ["fail", "warn"] as const

function Findings({ findings }: { readonly findings: readonly Finding[] | undefined }) {
  if (findings === undefined)
    return (
      <Section title="Health">
        <Skeleton />
      </Section>
    )
  const troubles = troubleLevels.flatMap((level) =>
    findings.filter((finding) => finding.level === level),
  )
  const working = findings.filter(({ level }) => level === "ok")
  return (
    <Section title="Health" extra={<code>freshet doctor</code>}>
      <FindingList findings={troubles} />
      <details className={classes["working"]}>
        <summary>
          <State state="fresh">{formatQuantity(working.length, "check")} passed</State>
        </summary>
        <FindingList findings={working} />
      </details>
    </Section>
  )
}

function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className={classes["findings"]}>
      {findings.map(({ level, subject, message, hint }) => (
        <li key={`${subject} ${message}`}>
          <State state={levelStates[level][0]}>{levelStates[level][1]}</State>
          <span className="strong">{subject}</span>
          <span className={classes["message"]}>
            <Message text={message} />
            {hint === null ? null : (
              <span className={`quiet ${classes["hint"]}`}>
                <Message text={hint} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
