import { expect } from "vitest"

import { getTable } from "./declare-shape.ts"
import { type Past, findPassedRows } from "./expected-run.ts"
import type { Replay } from "./replay.ts"
import type { ComputationShape, Declarations, Publication } from "./shape.ts"
import { getHistoryName, getPublication, listPresentComputations } from "./shape.ts"
import type { Truth } from "./truth.ts"

/** Table → the key of each of its partitions, with its rows. */
export type Tables = ReadonlyMap<string, Rows>
type Rows = ReadonlyMap<string, string>

/** Reads the published tables. */
export function readTables({ project, shape }: Replay): Tables {
  return new Map(
    shape.computations.flatMap(({ id }) => {
      const rows = project.tables.get(getTable(id))?.contents
      return rows === undefined ? [] : [[id, rows] as const]
    }),
  )
}

/** Remembers which history wrote each table that the last run published. `before` is the content of the tables before it. */
export function followWriters(replay: Replay, before: Tables): void {
  const { shape, facts, writers } = replay
  const after = readTables(replay)
  for (const { id, table } of listPublished(shape.computations, facts.declared))
    if (after.get(table) !== before.get(table))
      writers.set(table, getHistoryName(facts.declared, id))
}

/** A computation with its publication. */
interface Member extends Publication {
  readonly id: string
}

function listPublished(
  computations: readonly ComputationShape[],
  declared: Declarations,
): readonly Member[] {
  return computations
    .filter(({ id, isPublished }) => isPublished && !declared.removed.has(id))
    .map(({ id }) => ({ id, ...getPublication(declared, id) }))
}

/** The state after a run that decides what the tables contain. */
interface State {
  readonly truths: ReadonlyMap<string, Truth>
  /** The rows that passed their checks: `c0 2026-03-01 c0`. */
  readonly passed: ReadonlySet<string>
  /** The tables before the run. */
  readonly tables: Tables
  /** Tests whether the rows in the table of a computation are its own. */
  readonly isOwn: (member: Member) => boolean
}

/** Finds the tables that a run of everything leaves behind. */
function findExpectedTables(
  { shape, facts, writers }: Replay,
  truths: ReadonlyMap<string, Truth>,
  past: Past,
  tables: Tables,
): Tables {
  const { declared } = facts
  const members = listPublished(listPresentComputations(shape, declared), declared)
  const isOwn = ({ id, table }: Member) => writers.get(table) === getHistoryName(declared, id)
  const state = { truths, passed: findPassedRows(truths, past, declared), tables, isOwn }
  const expected = new Map(tables)
  for (const set of new Set(members.map((member) => member.set))) {
    const contents = findSetContents(
      state,
      members.filter((member) => member.set === set),
    )
    for (const [table, rows] of contents) expected.set(table, rows)
  }
  return expected
}

/** The contents of the tables of a set; none while one of them would be empty, unless all its published days were withdrawn. */
function findSetContents(state: State, members: readonly Member[]): Tables {
  const keys = [...new Set([...state.truths.values()].map(({ key }) => key))].toSorted()
  const hasAll = (key: string) => members.every(({ id }) => state.truths.has(`${id} ${key}`))
  if (!keys.some(hasAll)) return findEmptyContents(state, members)
  const ready = keys.filter((key) =>
    members.every(({ id }) => state.passed.has(`${id} ${key} ${id}`)),
  )
  const floor = findFloor(state, members)
  const newest = ready.findLast((key) => floor === undefined || key >= floor)
  const contents = members.map((member) => {
    const content =
      member.keep === "latest"
        ? findNewestContent(state, member, newest)
        : findLastContent(state, member, ready)
    return [member.table, content] as const
  })
  return new Map(contents.every(([, rows]) => rows.size > 0) ? contents : [])
}

/** No rows for tables that contain only withdrawn days of their computations. */
function findEmptyContents(state: State, members: readonly Member[]): Tables {
  const published = members.filter(({ table }) => (state.tables.get(table)?.size ?? 0) > 0)
  const isWithdrawn = published.every(state.isOwn) && findFloor(state, members) === undefined
  return new Map(
    published.length > 0 && isWithdrawn ? members.map(({ table }) => [table, new Map()]) : [],
  )
}

/** The newest published day that every computation with it in its table still has. */
function findFloor({ truths, tables }: State, members: readonly Member[]): string | undefined {
  const published = members.flatMap(({ id, table }) =>
    [...(tables.get(table)?.keys() ?? [])].map((day) => ({ id, day })),
  )
  const withdrawn = published.filter(({ id, day }) => !truths.has(`${id} ${day}`))
  const withdrawnDays = new Set(withdrawn.map(({ day }) => day))
  return published
    .map(({ day }) => day)
    .filter((day) => !withdrawnDays.has(day))
    .toSorted()
    .at(-1)
}

function findOwnRows({ tables, isOwn }: State, member: Member): Rows {
  return (isOwn(member) && tables.get(member.table)) || new Map()
}

/** The newest ready day; without one the table is unchanged. */
function findNewestContent(state: State, member: Member, newest: string | undefined): Rows {
  if (newest === undefined) return findOwnRows(state, member)
  return new Map([[newest, findRows(state, member, newest)]])
}

/** All ready days and the published ones that still exist, or the last of them. */
function findLastContent(state: State, member: Member, ready: readonly string[]): Rows {
  const rows = new Map(
    [...findOwnRows(state, member)].filter(([key]) => state.truths.has(`${member.id} ${key}`)),
  )
  for (const key of ready) rows.set(key, findRows(state, member, key))
  const sorted = [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return new Map(member.keep === "partitions" ? sorted : sorted.slice(-Number(member.keep)))
}

function findRows({ truths }: State, { id }: Member, key: string): string {
  return truths.get(`${id} ${key}`)?.contents.get(id) ?? ""
}

/**
 * Expects the tables of a project that only saw the end of a story. Exceptions are sets that this project cannot publish
 * yet although a day of them exists or another asset wrote their tables, and sets with a published day that still exists
 * and is not ready in all their tables.
 */
export function expectTablesFromScratch(
  replay: Replay,
  scratch: Replay,
  { truths, passed }: Pick<State, "truths" | "passed">,
): void {
  const { declared } = replay.facts
  const [tables, scratchTables] = [readTables(replay), readTables(scratch)]
  const members = listPublished(listPresentComputations(replay.shape, declared), declared)
  const isReady = (set: string, day: string) =>
    members.every((member) => member.set !== set || passed.has(`${member.id} ${day} ${member.id}`))
  const allDays = [...new Set([...truths.values()].map(({ key }) => key))]
  const hasDay = (set: string) =>
    allDays.some((day) =>
      members.every((member) => member.set !== set || truths.has(`${member.id} ${day}`)),
    )
  const unsettled = members.filter(({ id, set, table }) => {
    const days = [...(tables.get(table)?.keys() ?? [])]
    const isLate = (day: string) => truths.has(`${id} ${day}`) && !isReady(set, day)
    const isOwn = replay.writers.get(table) === getHistoryName(declared, id)
    const isUnpublished = !scratchTables.has(table) && (hasDay(set) || !isOwn)
    return isUnpublished || days.some(isLate)
  })
  const unsettledSets = new Set(unsettled.map(({ set }) => set))
  for (const { set, table } of members)
    if (!unsettledSets.has(set))
      expect([table, tables.get(table)]).toEqual([table, scratchTables.get(table) ?? new Map()])
}

/** Expects that a run of everything published what it should. `before` is the content of the tables before it. */
export function expectPublished(
  replay: Replay,
  truths: ReadonlyMap<string, Truth>,
  before: Tables,
): void {
  const expected = findExpectedTables(replay, truths, replay.past, before)
  expect(toObject(readTables(replay))).toEqual(toObject(expected))
}

function toObject(tables: Tables): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries([...tables].map(([table, rows]) => [table, Object.fromEntries(rows)]))
}
