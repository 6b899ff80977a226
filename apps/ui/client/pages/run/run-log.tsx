import { formatCount, formatQuantity } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useEffect, useMemo, useRef, useState } from "react"

import type { RunDetailDocument } from "../../api/documents.ts"
import { useKeys } from "../../shell/keys.ts"
import { Button, Choice, Field, inputClass, Key } from "../../ui/controls.tsx"
import { Section } from "../../ui/layout.tsx"
import {
  filterEntries,
  type LogEntry,
  type LogFilter,
  logLevels,
  logStreams,
  mergeEntries,
} from "./log-entries.ts"
import { logId } from "./log-link.ts"
import { maxLogLines, useRunLog } from "./use-run-log.ts"

import classes from "./run.module.css"

const route = getRouteApi("/runs/$run")
const shownEntries = 500

/** The log of a run: the course of its steps and the messages of their code, filtered, and followed while the run goes on. */
export function RunLog({ run }: { readonly run: RunDetailDocument }) {
  const { filter, change } = useLogFilter(run.id)
  const lines = useRunLog(run.id, filter.step)
  const entries = useMemo(() => mergeEntries(run, lines), [run, lines])
  const matches = filterEntries(entries, filter)
  const latestMatches = matches.slice(-shownEntries)
  const count =
    latestMatches.length === matches.length
      ? formatQuantity(matches.length, "line")
      : `last ${formatCount(latestMatches.length)} of ${formatQuantity(matches.length, "line")}`
  return (
    <Section
      id={logId}
      title="Log"
      detail={count}
      extra={
        <span className="row not-narrow">
          <Key>/</Key> filter <Key>e</Key> next error
        </span>
      }
    >
      <LogFilters filter={filter} change={change} />
      {lines.length < maxLogLines ? null : (
        <p className="quiet">
          The page reads the first {formatCount(maxLogLines)} lines;{" "}
          <code>freshet runs logs {run.id}</code> prints all.
        </p>
      )}
      <LogLines entries={latestMatches} isRunning={run.outcome === "running"} />
    </Section>
  )
}

/** Reads the filter from the address. */
function useLogFilter(run: string) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const filter: LogFilter = {
    text: search.text ?? "",
    level: logLevels.find((level) => level === search.level),
    stream: logStreams.find((stream) => stream === search.stream),
    step: search.step,
  }
  const change = (changes: Readonly<Record<string, string | undefined>>) => {
    const entries = Object.entries({ ...search, ...changes }).filter(([, value]) => Boolean(value))
    void navigate({
      to: "/runs/$run",
      params: { run },
      search: Object.fromEntries(entries),
      replace: true,
      resetScroll: false,
    })
  }
  return { filter, change }
}

interface LogFiltersProps {
  readonly filter: LogFilter
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void
}

function LogFilters({ filter: { text, level, stream, step }, change }: LogFiltersProps) {
  const field = useRef<HTMLInputElement>(null)
  useKeys({ "/": () => field.current?.focus() })
  return (
    <div className={classes["filters"]}>
      <Field label="Text">
        <input
          ref={field}
          className={inputClass}
          value={text}
          onChange={({ target }) => change({ text: target.value })}
          onKeyDown={({ key, currentTarget }) => key === "Escape" && currentTarget.blur()}
        />
      </Field>
      <Field label="Level">
        <select
          className={inputClass}
          value={level ?? ""}
          onChange={({ target }) => change({ level: target.value })}
        >
          <option value="">all</option>
          <option value="info">info and above</option>
          <option value="warn">warnings and errors</option>
          <option value="error">errors</option>
        </select>
      </Field>
      <Field label="From">
        <select
          className={inputClass}
          value={stream ?? ""}
          onChange={({ target }) => change({ stream: target.value })}
        >
          <option value="">steps and code</option>
          <option value="steps">steps</option>
          <option value="code">code</option>
        </select>
      </Field>
      {step === undefined ? null : (
        <span className="row">
          only <b>{step}</b>
          <Button onClick={() => change({ step: undefined })}>All steps</Button>
        </span>
      )}
    </div>
  )
}

interface LogLinesProps {
  readonly entries: readonly LogEntry[]
  readonly isRunning: boolean
}

function LogLines({ entries, isRunning }: LogLinesProps) {
  const [isFollowing, setIsFollowing] = useState(true)
  const box = useRef<HTMLDivElement>(null)
  const errorAt = useRef(-1)
  useEffect(() => {
    if (isRunning && isFollowing) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [entries, isRunning, isFollowing])
  useKeys({
    e: () => {
      const errors = [...(box.current?.querySelectorAll("[data-level=error]") ?? [])]
      errorAt.current = (errorAt.current + 1) % Math.max(1, errors.length)
      setIsFollowing(false)
      errors[errorAt.current]?.scrollIntoView({ block: "center" })
    },
  })
  return (
    <>
      {isRunning ? (
        <Choice type="checkbox" checked={isFollowing} onChange={() => setIsFollowing(!isFollowing)}>
          Follow
        </Choice>
      ) : null}
      <div ref={box} className={classes["log"]} role="log" aria-label="Log" tabIndex={0}>
        {entries.length === 0 ? <p className="faint">No lines.</p> : null}
        {entries.map((entry, at) => (
          // Lines are in the order of time; several can be equal.
          <LogLineRow key={`${at} ${entry.at}`} entry={entry} />
        ))}
      </div>
    </>
  )
}

function LogLineRow({ entry: { at, level, step, attempt, text } }: { readonly entry: LogEntry }) {
  return (
    <p data-level={level}>
      <time dateTime={at}>{at.slice(11, 23)}</time>
      <span className={classes["level"]}>{level}</span>
      <span>
        <b>{step}</b>
        {attempt > 1 ? ` (attempt ${attempt})` : ""} {text}
      </span>
    </p>
  )
}
