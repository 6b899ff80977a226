import type { AnyAsset } from "./asset.ts"
import type { TimedGranularity } from "./partition.ts"

/** What happens when a window sticks out of the upstream's history. The run records which it was. */
export type OnShortWindow = "truncate" | "skip" | "error"

/** Which partitions of an upstream one partition of the reader sees. Offsets count the reader's partitions; 0 is its own. */
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

/** One asset's use of another: what is read, and which partitions of it. `asset` is undefined when an asset reads itself. */
export interface Read<A extends AnyAsset | undefined = AnyAsset | undefined> {
  readonly kind: "read"
  readonly asset: A
  readonly window: Window
}

type TimedAsset = { readonly partitions: { readonly kind: TimedGranularity } }
type ReadOptions = { readonly onShortWindow?: OnShortWindow }

/** The `count` partitions that end with the reader's own: `last(7, x)` is the trailing week. */
export function last<A extends AnyAsset & TimedAsset>(
  count: number,
  asset: A,
  options: ReadOptions = {},
): Read<A> {
  return window(asset, 1 - count, 0, options)
}

/** The partitions between two offsets from the reader's own: `window(x, -7, -1)` is the week before. */
export function window<A extends AnyAsset & TimedAsset>(
  asset: A,
  from: number,
  to: number,
  options: ReadOptions = {},
): Read<A> {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from > to || to > 0)
    throw new RangeError(`a window runs between whole offsets, from ≤ to ≤ 0, not ${from} to ${to}`)
  const onShortWindow = options.onShortWindow ?? "truncate"
  return { kind: "read", asset, window: { kind: "offsets", from, to, onShortWindow } }
}

/** The newest partition that exists and is not later than the reader's own (of an uncut reader: the newest of all). */
export function latest<A extends AnyAsset & TimedAsset>(asset: A): Read<A> {
  return { kind: "read", asset, window: { kind: "latest" } }
}

/** Every partition that exists. */
export function all<A extends AnyAsset>(asset: A): Read<A> {
  return { kind: "read", asset, window: { kind: "all" } }
}

/** Every partition up to and including the reader's own. */
export function upTo<A extends AnyAsset & TimedAsset>(asset: A): Read<A> {
  return { kind: "read", asset, window: { kind: "up_to" } }
}

/** The asset's own previous partition, for data that accumulates; before the first one it reads no rows. */
export function previous(): Read<undefined> {
  return { kind: "read", asset: undefined, window: { kind: "previous" } }
}

/** In a check: the rows of the partition that is being checked. */
export const itself: Read<undefined> = { kind: "read", asset: undefined, window: { kind: "same" } }

/** A window as people write it: `same`, `last 7`, `-7 to -1`, `latest`. */
export function formatWindow(window: Window): string {
  if (window.kind === "offsets")
    return window.to === 0 ? `last ${1 - window.from}` : `${window.from} to ${window.to}`
  return window.kind === "up_to" ? "up to" : window.kind
}

/** The name under which a query knows what it reads: the asset's own name, with the window when it is not the same partition. */
export function formatRelationName(
  read: Pick<Read, "window"> & { readonly asset: { readonly name: string } | undefined },
): string {
  const name = read.asset?.name ?? "itself"
  return read.window.kind === "same" ? name : `${name} [${formatWindow(read.window)}]`
}
