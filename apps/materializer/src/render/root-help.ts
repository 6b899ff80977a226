import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"

const sections: readonly { readonly title: string; readonly commands: readonly string[] }[] = [
  { title: "Inspect", commands: ["ui", "status", "why", "assets", "show", "lineage", "runs"] },
  {
    title: "Run",
    commands: [
      "plan",
      "apply",
      "materialize",
      "backfill",
      "publish",
      "schedule",
      "serve",
      "worker",
      "land",
      "alerts",
    ],
  },
  { title: "Maintain", commands: ["env", "verify", "wipe", "gc", "migrate"] },
  { title: "Query", commands: ["data", "provenance", "sql", "db"] },
  {
    title: "Get started",
    commands: ["init", "new", "start", "demo", "demo-data", "doctor", "completion"],
  },
]

const examples = [
  ["freshet demo", "run a complete example on generated files"],
  ["freshet status", "show the state of every asset"],
  ["freshet materialize", "materialize stale assets and their stale upstreams, then publish"],
  ["freshet backfill user_recs --date 2026-01-05", "materialize one asset for a past day"],
] as const

/** Formats the root help: commands by purpose, examples, and the syntax of a selection. */
export function formatRootHelp(
  briefs: ReadonlyMap<string, string>,
  style: TerminalStyle,
): readonly string[] {
  const width = Math.max(...[...briefs.keys()].map((name) => name.length))
  const exampleWidth = Math.max(...examples.map(([line]) => line.length))
  return [
    "Freshet finds the stale partitions of your datasets, explains them, and materializes exactly those.",
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
    "stale:code (or stale:input, stale:upstream), tag:…; combined by and, or, not and parentheses.",
    "`freshet <command> --help` prints the flags of a command.",
    "--profile NAME runs a command on another target of the configuration; FRESHET_PROFILE does so for all commands.",
    "--env NAME runs a command in an environment; FRESHET_ENV does so for all commands.",
    "--demo runs a command on the data of `freshet demo`, apart from your own.",
    "--no-color or NO_COLOR turns colours off; FRESHET_HOME, FRESHET_LANDING and DATABASE_URL set the locations.",
  ]
}
