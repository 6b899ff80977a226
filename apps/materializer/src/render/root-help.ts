import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"

const sections: readonly { readonly title: string; readonly commands: readonly string[] }[] = [
  { title: "Inspect", commands: ["status", "why", "assets", "show", "lineage", "runs"] },
  { title: "Run", commands: ["plan", "apply", "materialize", "backfill"] },
  { title: "Maintain", commands: ["verify", "wipe", "gc"] },
  { title: "Query", commands: ["data", "sql"] },
  { title: "Get started", commands: ["demo", "demo-data", "doctor", "completion"] },
]

const examples = [
  ["freshet demo", "run a complete example on generated data"],
  ["freshet status", "show the state of every asset"],
  ["freshet materialize", "materialize stale assets at the newest day, then publish"],
  ["freshet backfill user_recs --date 2026-01-05", "materialize one asset for a past day"],
] as const

/** Formats the help of the command line: the commands by group, examples, and selections. */
export function formatRootHelp(
  briefs: ReadonlyMap<string, string>,
  style: TerminalStyle,
): readonly string[] {
  const width = Math.max(...[...briefs.keys()].map((name) => name.length))
  const exampleWidth = Math.max(...examples.map(([line]) => line.length))
  return [
    "Freshet finds stale partitions of your datasets, explains why they are stale, and rebuilds exactly those.",
    "",
    "usage: freshet <command> [selection] [flags]",
    ...sections.flatMap(({ title, commands }) => [
      "",
      paint(style, "strong", title),
      ...commands.map((name) => `  ${name.padEnd(width)}  ${briefs.get(name) ?? ""}`),
    ]),
    "",
    paint(style, "strong", "Examples"),
    ...examples.map(([line, meaning]) => `  ${line.padEnd(exampleWidth)}  # ${meaning}`),
    "",
    "A selection is a name, +name (with its upstream), name+, 2+name+1, group:…, status:stale,",
    "stale:code (or input, upstream: the cause), tag:…, and, or, not, with parentheses. `freshet <command> --help` explains a command.",
    "--demo runs any command on the data of `freshet demo`, separate from your own.",
    "--no-color or NO_COLOR turns colours off; FRESHET_HOME, FRESHET_LANDING and DATABASE_URL set folders and database.",
  ]
}
