/** The current folder of a command, and the environment variables set for it. */
export interface CommandSettings {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** The program to run; without one, the launcher of the workspace. */
  readonly program?: string
  /** Finds the bundled configuration that `program` loads; without it, `program` always runs as a process. */
  readonly findConfig?: () => string
  /** The Node to run it; without one, that which runs the tests. */
  readonly node?: string
}

/** The end of a command. */
export interface CommandResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}
