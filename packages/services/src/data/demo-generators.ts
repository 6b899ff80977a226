import { ProblemsError } from "@freshet/core/engine"

/** S: 200 thousand events a week. M: 5 million. L: 50 million. */
export type DemoScale = "S" | "M" | "L"

/** One generated file of the landing zone, by its path inside it. */
export interface DemoFile {
  readonly path: string
  readonly bytes: number
}

/** Options of a generator. The same options give the same bytes on any machine. */
export interface GeneratorOptions {
  readonly scale: DemoScale
  readonly seed: number
  readonly landing: string
}

/** Options of the generator of activity logs. */
interface ActivityOptions extends GeneratorOptions {
  readonly days: number
  /** The last day, as YYYY-MM-DD. */
  readonly until: string
  readonly malformed: boolean
  readonly gaps: boolean
}

/** Summary of generated activity logs. */
export interface ActivitySummary {
  readonly files: readonly DemoFile[]
  readonly bytes: number
  readonly events: Readonly<Record<string, number>>
  readonly malformed: Readonly<Record<string, number>>
  readonly missingDays: readonly string[]
}

/** Generator of the sample files of a group of assets. */
export interface GroupGenerator {
  /** Folders of the landing zone with the files; the group's name unless given. */
  readonly folders?: readonly string[]
  /** Path of the file that is written last. */
  readonly getLastFile: (until: string) => string
  /** Writes the files of `days` days that end with `until`. */
  readonly write: (
    options: GeneratorOptions & { readonly days: number; readonly until: string },
    onFile: (path: string) => void,
  ) => Promise<readonly DemoFile[]>
  /** Commands to try on the data, with a comment. */
  readonly nextSteps: readonly string[]
}

/** Generators of sample files for the groups stocktwits and movies, and for further groups by name. */
export interface DemoGenerators {
  readonly groups?: Readonly<Record<string, GroupGenerator>>
  readonly writeStocktwits: (
    options: ActivityOptions,
    onDay: (progress: { readonly day: string; readonly index: number }) => void,
  ) => Promise<ActivitySummary>
  readonly writeMovies: (
    options: GeneratorOptions,
    onFile: (path: string) => void,
  ) => Promise<readonly DemoFile[]>
}

/** Loads the generators that the configuration names; fails if it names none. */
export async function loadGenerators(config: {
  readonly demo: (() => Promise<DemoGenerators>) | undefined
}): Promise<DemoGenerators> {
  if (config.demo !== undefined) return config.demo()
  throw new ProblemsError("config", [
    {
      kind: "config",
      message: "This project has no generators of demo data.",
      hint: "Set demo in freshet.config.ts to a function that loads them.",
    },
  ])
}
