import { styleText } from "node:util"

/** The style of a stream: colours, letters beyond ASCII, and the width; undefined for a pipe, where nothing is cut. */
export interface TerminalStyle {
  readonly color: boolean
  readonly unicode: boolean
  readonly columns: number | undefined
}

/** The meaning of a colour. */
export type Tone = "good" | "stale" | "bad" | "running" | "faint" | "strong" | "plain"

const formats = {
  good: "green",
  stale: "yellow",
  bad: "red",
  running: "blue",
  faint: "gray",
  strong: "bold",
} as const

export function paint(style: TerminalStyle, tone: Tone, text: string): string {
  if (!style.color || tone === "plain" || text === "") return text
  return styleText(formats[tone], text, { validateStream: false })
}

/** Signs that distinguish states without colour. */
export type Sign =
  | "fresh"
  | "stale"
  | "failed"
  | "missing"
  | "source"
  | "running"
  | "made"
  | "same"
  | "skipped"
  | "arrow"
  | "dash"

const signs: Readonly<Record<Sign, readonly [unicode: string, ascii: string]>> = {
  fresh: ["●", "*"],
  stale: ["◐", "~"],
  failed: ["✕", "x"],
  missing: ["◌", "."],
  source: ["◇", "o"],
  running: ["▶", ">"],
  made: ["✓", "+"],
  same: ["=", "="],
  skipped: ["◌", "-"],
  arrow: ["→", "->"],
  dash: ["–", "-"],
}

export function getSign(style: TerminalStyle, name: Sign): string {
  return signs[name][style.unicode ? 0 : 1]
}

/** Tones of the four states and of sources. */
export const stateTones = {
  fresh: "good",
  stale: "stale",
  failed: "bad",
  missing: "faint",
  source: "plain",
} as const satisfies Record<string, Tone>

export type AssetStateName = keyof typeof stateTones
