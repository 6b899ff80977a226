import { type OnlyState, onlyStates } from "@freshet/services/only-state"

import type { CommandLine } from "./command-line.ts"

/** Creates a parser of whole numbers from a minimum. */
export function createWholeNumberParser(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= minimum) return value
    throw new RangeError(`"${text}" is not a whole number from ${minimum}`)
  }
}

/** Parses a share in percent: `1%`, `0.5`, `100%`. */
export function parsePercentage(text: string): number {
  const value = /^\d+(\.\d+)?\s*%?$/.test(text.trim()) ? Number.parseFloat(text) : 0
  if (value > 0 && value <= 100) return value
  throw new RangeError(`"${text}" is not a percentage above 0% and up to 100%`)
}

const unitsMs: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
])

/** Parses a duration to milliseconds: `7d`, `12h`, `30m`, `0`. */
export function parseDuration(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)\s*([smhdw])$/.exec(text.trim()) ?? []
  if (text.trim() === "0") return 0
  if (digits !== "") return Number(digits) * (unitsMs.get(unit) ?? 0)
  throw new RangeError(`"${text}" is not a duration such as 7d, 12h or 30m`)
}

/** Parses an instant to milliseconds: `2026-01-05`, `2026-01-05T06:00Z`. */
export function parseInstant(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T\S+(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new RangeError(`"${text}" is not a day or an instant such as 2026-01-05T06:00Z`)
}

const parseText = String

export const jsonFlag = {
  kind: "boolean",
  brief: "Print one JSON document",
  default: false,
  withNegated: false,
} as const

/** The form of a log. */
export const logFlag = {
  kind: "enum",
  values: ["text", "json"],
  default: "text",
  brief: "Form of the log on standard output",
} as const

export const partitionFlags = {
  date: {
    kind: "parsed",
    parse: parseText,
    optional: true,
    placeholder: "day",
    brief: "The day (YYYY-MM-DD), hour, week or month",
  },
  from: {
    kind: "parsed",
    parse: parseText,
    optional: true,
    placeholder: "day",
    brief: "The first day, hour, week or month",
  },
  to: {
    kind: "parsed",
    parse: parseText,
    optional: true,
    placeholder: "day",
    brief: "The last day, hour, week or month",
  },
  partition: {
    kind: "parsed",
    parse: parseText,
    optional: true,
    placeholder: "key",
    brief: "The key of one partition",
  },
} as const

export const onlyFlag = {
  kind: "enum",
  values: onlyStates as readonly OnlyState[],
  optional: true,
  brief: "Only partitions in this state",
} as const

export const partitionFlag = {
  kind: "parsed",
  parse: parseText,
  optional: true,
  placeholder: "key",
  brief: "Partition by key (default: the newest)",
} as const

/** The columns that identify a row in a comparison. */
export const keyFlag = {
  ...partitionFlag,
  placeholder: "columns",
  brief: "Columns that identify a row, separated by commas",
} as const

/** Creates a flag under a previous name, which the help leaves out. */
export function createHiddenFlag(brief: string) {
  return { ...createSwitchFlag(brief), hidden: true } as const
}

/** Creates a flag that is off unless it is given. */
export function createSwitchFlag(brief: string) {
  return { kind: "boolean", brief, default: false, withNegated: false } as const
}

export const runFlags = {
  dryRun: createSwitchFlag("Print the plan and execute nothing"),
  yes: createSwitchFlag("Do not ask for confirmation"),
  concurrency: {
    kind: "parsed",
    parse: createWholeNumberParser(1),
    optional: true,
    placeholder: "n",
    brief: "Number of steps that run at once",
  },
  failFast: createSwitchFlag("Start no further step after a failure"),
  wait: {
    kind: "boolean",
    default: true,
    brief: "Wait until the command may start (--no-wait: exit 7)",
  },
  json: jsonFlag,
  jsonl: createSwitchFlag("Print events as JSON lines"),
} as const

export const saveFlags = {
  save: {
    kind: "parsed",
    parse: parseText,
    optional: true,
    placeholder: "file",
    brief: "Save the plan for `freshet apply`; nothing is executed",
  },
  force: createSwitchFlag("Replace an existing file"),
} as const

export const publishFlag = {
  kind: "boolean",
  default: true,
  brief: "Publish the newest partitions to PostgreSQL",
} as const

export const repinFlag = createSwitchFlag("Pin reads as landed to the files landed now")

export const rowsFlags = {
  json: jsonFlag,
  csv: createSwitchFlag("Print CSV"),
} as const

/** Parses a limit of rows: a whole number, or `all`, which is infinite. */
function parseRowLimit(text: string): number {
  if (text === "all") return Infinity
  const limit = Number(text)
  if (text.trim() !== "" && Number.isSafeInteger(limit) && limit > 0) return limit
  throw new RangeError(`"${text}" is neither a whole number from 1 nor all`)
}

/** A limit of rows. */
export const rowsLimitFlag = { kind: "parsed", parse: parseRowLimit, placeholder: "n" } as const

/** Creates a limit of rows or lines. */
export function createLimitFlag(value: number, noun: string) {
  return {
    kind: "parsed",
    parse: createWholeNumberParser(1),
    default: String(value),
    placeholder: "n",
    brief: `Maximum number of ${noun}`,
  } as const
}

/** Reads a name, which no flag is: `--date=` would otherwise be one. */
function parseName(text: string): string {
  if (text.startsWith("--"))
    throw new RangeError(`"${text}" is neither a name nor a flag with its value`)
  return text
}

/** Positional arguments that form a selection. */
export const selectionArgs = {
  kind: "array",
  parameter: {
    brief:
      "Assets: name, +name (with its upstream), name+, 2+name+1, group:…, status:…, stale:…, and, or, not",
    parse: parseName,
    placeholder: "selection",
    async proposeCompletions(this: CommandLine, word: string) {
      return (await import("./propose-values.ts")).proposeSelection(this, word)
    },
  },
} as const

export const assetArg = {
  kind: "tuple",
  parameters: [
    {
      brief: "Name of an asset",
      parse: parseName,
      placeholder: "asset",
      async proposeCompletions(this: CommandLine) {
        return (await import("./propose-values.ts")).proposeAssets(this)
      },
    },
  ],
} as const
