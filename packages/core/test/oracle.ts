import { type ComputationShape, type Shape, relationOf, rows } from "./random-world.ts"

/** What is true of one partition by definition, whatever was recorded. */
export interface Truth {
  /** Whether a file or a whole window that it needs is not there. */
  readonly waits: boolean
  /** Code and content of everything it reads, as text. */
  readonly inputs: string
  readonly contents: ReadonlyMap<string, string>
  /** The partitions of computations that it reads: `c1 20454`. */
  readonly reads: readonly string[]
}

/** What has landed, how far time is, and the code. */
export interface Facts {
  readonly landed: ReadonlyMap<string, ReadonlyMap<number, string>>
  readonly firstDay: number
  readonly lastDay: number
  readonly salts: ReadonlyMap<string, number>
}

interface Known {
  /** The partitions that exist, by asset. */
  readonly exists: Map<string, ReadonlySet<number>>
  readonly isDaily: Map<string, boolean>
  readonly contents: Map<string, Map<number, string>>
  /** `asset partition` that cannot be made yet. */
  readonly waiting: Set<string>
  /** Asset → the computation that makes it. */
  readonly makers: Map<string, string>
}

/** Every partition of every computation from scratch, in order: `c1 20454` → its truth. */
export function truths(shape: Shape, facts: Facts): ReadonlyMap<string, Truth> {
  const known = knownOfSources(shape, facts)
  const frontier = Math.max(
    ...shape.sources.flatMap(({ name, isDaily }) => (isDaily ? [...known.exists.get(name)!] : [])),
  )
  const result = new Map<string, Truth>()
  for (const computation of shape.computations) {
    const { name, isDaily, outputs } = computation
    const days = isDaily ? range(facts.firstDay, facts.lastDay) : [0]
    const own = days.filter((day) => isThere(known, computation, day, frontier))
    for (const output of outputs) {
      known.exists.set(output, new Set(own))
      known.isDaily.set(output, isDaily)
      known.contents.set(output, new Map())
      known.makers.set(output, name)
    }
    for (const day of own) {
      const truth = truthOf(known, computation, day, facts)
      for (const [output, content] of truth.contents) known.contents.get(output)?.set(day, content)
      if (truth.waits) for (const output of outputs) known.waiting.add(`${output} ${day}`)
      result.set(`${name} ${day}`, truth)
    }
  }
  return result
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}

function knownOfSources(shape: Shape, facts: Facts): Known {
  const known: Known = {
    exists: new Map(),
    isDaily: new Map(),
    contents: new Map(),
    waiting: new Set(),
    makers: new Map(),
  }
  for (const { name, isDaily, whenMissing } of shape.sources) {
    const files = facts.landed.get(name) ?? new Map<number, string>()
    const days = [...files.keys()].filter(
      (day) => !isDaily || (day >= facts.firstDay && day <= facts.lastDay),
    )
    const exists = days.length === 0 ? [] : range(Math.min(...days), Math.max(...days))
    known.exists.set(name, new Set(exists))
    known.isDaily.set(name, isDaily)
    known.contents.set(name, new Map(files))
    for (const day of exists)
      if (!files.has(day) && whenMissing === "wait") known.waiting.add(`${name} ${day}`)
  }
  return known
}

/** Whether a partition exists: each window's newest day must, all of it where short windows are skipped. */
function isThere(known: Known, computation: ComputationShape, day: number, frontier: number) {
  let isBounded = !computation.isDaily
  for (const { of, window } of computation.reads) {
    const upstream = known.exists.get(of)!
    if (upstream.size === 0) return false
    if (!computation.isDaily || !known.isDaily.get(of)) continue
    if (window === "all") continue
    if (window === "latest") {
      if (![...upstream].some((each) => each <= day)) return false
      continue
    }
    isBounded = true
    const needed =
      window === "skip 3" ? [day - 2, day - 1, day] : [window === "before" ? day - 1 : day]
    if (!needed.every((each) => upstream.has(each))) return false
  }
  return isBounded || frontier === -Infinity || day <= frontier
}

/** The days of the upstream that a partition reads. */
function daysRead(
  known: Known,
  { of, window }: ComputationShape["reads"][number],
  day: number,
  isDaily: boolean,
) {
  const there = [...known.exists.get(of)!].toSorted((a, b) => a - b)
  if (!known.isDaily.get(of)) return there
  const isWithin = (each: number): boolean => {
    switch (window) {
      case "same":
        return each === day
      case "last 2":
        return each > day - 2 && each <= day
      case "skip 3":
        return each > day - 3 && each <= day
      case "error 4":
        return each > day - 4 && each <= day
      case "before":
        return each === day - 2 || each === day - 1
      case "latest":
      case "up to":
        return !isDaily || each <= day
      case "all":
        return true
    }
  }
  const within = there.filter(isWithin)
  if (window !== "latest") return within
  const isSource = !known.makers.has(of)
  return within.filter((each) => !isSource || known.contents.get(of)!.has(each)).slice(-1)
}

function truthOf(known: Known, computation: ComputationShape, day: number, facts: Facts): Truth {
  const { name, outputs, accumulates, modulus } = computation
  const windows = computation.reads.map(({ of, window }) => ({
    of,
    relation: relationOf(of, window),
    days: daysRead(known, { of, window }, day, computation.isDaily),
    isShort: window === "error 4" && known.isDaily.get(of) === true,
  }))
  const past = known.exists.get(name)?.has(day - 1) === true ? [day - 1] : []
  if (accumulates)
    windows.push({ of: name, relation: relationOf(name, "previous"), days: past, isShort: false })
  const waits = windows.some(
    ({ of, days, isShort }) =>
      (isShort && days.length < 4) || days.some((each) => known.waiting.has(`${of} ${each}`)),
  )
  const versions = windows.map(({ of, relation, days }) => ({
    relation,
    versions: days.map((each) => [each, known.contents.get(of)?.get(each) ?? "no file"]),
  }))
  const relations = windows.map(({ of, relation, days }) => {
    const found = days.map((each) => known.contents.get(of)?.get(each))
    return [relation, found.filter((content) => content !== undefined)] as const
  })
  const code = { salt: facts.salts.get(name) ?? 0, modulus }
  return {
    waits,
    inputs: JSON.stringify([code, versions]),
    contents: new Map(outputs.map((output) => [output, rows(code, output, relations)])),
    reads: windows.flatMap(({ of, days }) => {
      const maker = known.makers.get(of)
      return maker === undefined ? [] : days.map((each) => `${maker} ${each}`)
    }),
  }
}
