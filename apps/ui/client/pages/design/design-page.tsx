import { Button, Choice, CommandText, Field, inputClass, Key } from "../../ui/controls.tsx"
import { Empty, Facts, Problems, Section, Skeleton, Split } from "../../ui/layout.tsx"
import { stateNames, type StateName } from "../../ui/state-names.ts"
import { State, StateBadge, StateBar } from "../../ui/state.tsx"
import { useTitle } from "../use-title.ts"

const meanings: Readonly<Record<StateName, string>> = {
  failed: "The last attempt or an error check failed with the present inputs.",
  blocked: "Something upstream prevents the work; the words name it.",
  overdue: "A due time has passed. A second badge, beside the state of the content.",
  stale: "An input, the code or an upstream changed after the newest materialization.",
  missing: "Never materialized. It is not an error.",
  fresh: "Code and inputs match the newest materialization. Quiet: only the icon is coloured.",
  running: "A step works on it.",
  queued: "Part of a run that has not begun it.",
  source: "Files that land; a source is never stale.",
}

const types = [
  ["display", "26/34 600", "the sentence of a page"],
  ["title", "18/24 600", "dialogs, figures"],
  ["heading", "13/20 600", "sections"],
  ["body", "13/20", "everything else"],
  ["label", "12/16 500", "heads of tables, fields"],
  ["small", "12/16", "captions"],
  ["code", "12/20 mono", "SQL, commands, hashes"],
] as const

/** The parts of which every page is built. */
export function DesignPage() {
  useTitle("Design system")
  return (
    <>
      <h1 style={{ font: "var(--t-display)", marginBottom: "var(--s5)" }}>Design system</h1>
      <Split aside={<Controls />}>
        <States />
        <Section title="Type" detail="system fonts, tabular digits">
          <table>
            <tbody>
              {types.map(([name, size, use]) => (
                <tr key={name}>
                  <td style={{ font: `var(--t-${name})` }}>{name}</td>
                  <td className="quiet">{size}</td>
                  <td className="quiet">{use}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
        <Section title="Empty" detail="the fact, the reason, the next thing">
          <Empty title="No runs yet.">
            <p className="quiet">Nothing was materialized.</p>
          </Empty>
        </Section>
        <Section title="Error">
          <Problems
            problems={[
              {
                kind: "busy",
                asset: null,
                message: "The run was not started.",
                hint: "Another command changes the records of the project.",
              },
            ]}
          />
        </Section>
        <Section title="First load">
          <Skeleton />
        </Section>
      </Split>
    </>
  )
}

function States() {
  return (
    <Section title="States" detail="icon, word and colour, always">
      <table>
        <thead>
          <tr>
            <th>In text</th>
            <th>Badge</th>
            <th>Bar</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          {stateNames.map((state) => (
            <tr key={state}>
              <td>
                <State state={state} />
              </td>
              <td>
                <StateBadge state={state} />
              </td>
              <td style={{ width: 90 }}>
                <StateBar counts={[[state, 1]]} height={12} />
              </td>
              <td className="quiet">{meanings[state]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

function Controls() {
  return (
    <>
      <Section title="Buttons" detail="one primary a page">
        <p className="row">
          <Button look="primary">Run 31 steps, ≈ 12 s</Button>
          <Button>
            Why <Key>w</Key>
          </Button>
          <Button look="plain">Clear</Button>
          <Button look="danger">Cancel</Button>
          <Button disabled>Requested…</Button>
        </p>
      </Section>
      <Section title="Fields">
        <Field label="From">
          <input className={inputClass} type="date" defaultValue="2026-01-04" />
        </Field>
        <Choice type="checkbox" checked onChange={() => {}}>
          Include downstream
        </Choice>
      </Section>
      <Section title="Command">
        <CommandText command="freshet materialize user_recs" />
      </Section>
      <Section title="Facts">
        <Facts
          facts={[
            ["Rows", "49,975"],
            ["Size", "139.1 kB"],
          ]}
        />
      </Section>
    </>
  )
}
