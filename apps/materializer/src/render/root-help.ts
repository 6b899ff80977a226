import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"

const sections: readonly { readonly title: string; readonly commands: readonly string[] }[] = [
  { title: "See", commands: ["status", "why", "assets", "show", "lineage", "runs"] },
  { title: "Do", commands: ["plan", "apply", "materialize", "backfill"] },
  { title: "Keep", commands: ["verify", "forget", "gc"] },
  { title: "Rows", commands: ["data", "sql"] },
  { title: "Begin", commands: ["demo", "demo-data", "doctor", "completion"] },
]

const examples = [
  ["freshet demo", "the whole way once, on made-up data"],
  ["freshet status", "is everything up to date, and if not, what"],
  ["freshet materialize", "make what is stale at the newest day, and publish it"],
  ["freshet backfill user_recs --date 2026-01-05", "one asset for a past day"],
] as const

/** The help of the command line as a whole: what there is, by what it is for. */
export function formatRootHelp(
  briefs: ReadonlyMap<string, string>,
  style: TerminalStyle,
): readonly string[] {
  const width = Math.max(...[...briefs.keys()].map((name) => name.length))
  const exampleWidth = Math.max(...examples.map(([line]) => line.length))
  return [
    "Freshet knows which partitions of your datasets are stale, and why, and makes exactly those.",
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
    "stale:code (or input, upstream: why it is), tag:…, and, or, not, with parentheses. `freshet <command> --help` tells the rest.",
    "--demo makes any command work on the data of `freshet demo`, apart from your own.",
    "--no-color or NO_COLOR turns colours off; FRESHET_HOME, FRESHET_LANDING and DATABASE_URL say where things lie.",
  ]
}
