/** Rule for a window that reaches beyond the partitions that exist. A materialization records whether its windows were short. */
export type OnShortWindow = "truncate" | "skip" | "error"

/** The upstream partitions that one partition of the reader sees. Offsets count the reader's partitions; 0 is its own. */
export type Window =
  | { readonly kind: "same" }
  | {
      readonly kind: "offsets"
      readonly from: number
      readonly to: number
      readonly onShortWindow: OnShortWindow
    }
  | { readonly kind: "latest" }
  | { readonly kind: "all" }
  | { readonly kind: "up_to" }
  | { readonly kind: "previous" }

/** Formats a window for people: `same`, `last 7`, `-7 to -1`, `latest`. */
export function formatWindow(window: Window): string {
  if (window.kind === "offsets")
    return window.to === 0 ? `last ${1 - window.from}` : `${window.from} to ${window.to}`
  return window.kind === "up_to" ? "up to" : window.kind
}
