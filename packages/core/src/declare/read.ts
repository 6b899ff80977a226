import type { AnyAsset, Read, SourceAsset } from "./declaration.ts"
import type { TimedGranularity } from "./partition.ts"
import { type OnShortWindow, formatWindow } from "./window.ts"

type TimedAsset = { readonly partitions: { readonly kind: TimedGranularity } }
/** Options of a read of several partitions. `onShortWindow` is `"truncate"` unless declared. */
export type ReadOptions = { readonly onShortWindow?: OnShortWindow }

/** Reads the `count` partitions that end with the reader's own: `last(7, x)` is the trailing week. */
export function last<A extends AnyAsset & TimedAsset>(
  count: number,
  asset: A,
  options: ReadOptions = {},
): Read<A> {
  return window(asset, 1 - count, 0, options)
}

/** Reads the partitions between two offsets from the reader's own: `window(x, -7, -1)` is the week before. Throws a RangeError unless the offsets are whole and from ≤ to ≤ 0. */
export function window<A extends AnyAsset & TimedAsset>(
  asset: A,
  from: number,
  to: number,
  options: ReadOptions = {},
): Read<A> {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from > to || to > 0)
    throw new RangeError(
      `the window ${from} to ${to} is not valid: offsets are whole numbers, from ≤ to ≤ 0`,
    )
  const onShortWindow = options.onShortWindow ?? "truncate"
  return { kind: "read", asset, window: { kind: "offsets", from, to, onShortWindow } }
}

/** Reads the newest partition that exists and is not later than the reader's own; an unpartitioned reader reads the newest of all. */
export function latest<A extends AnyAsset & TimedAsset>(asset: A): Read<A> {
  return { kind: "read", asset, window: { kind: "latest" } }
}

/** Reads every partition that exists. */
export function all<A extends AnyAsset>(asset: A): Read<A> {
  return { kind: "read", asset, window: { kind: "all" } }
}

/** Reads every partition up to and including the reader's own. */
export function upTo<A extends AnyAsset & TimedAsset>(asset: A): Read<A> {
  return { kind: "read", asset, window: { kind: "up_to" } }
}

/** Reads the asset's own previous partition, for data that accumulates. The first partition reads no rows. */
export function previous(): Read<undefined> {
  return { kind: "read", asset: undefined, window: { kind: "previous" } }
}

/**
 * Pins a read of a source: each partition of the reader keeps reading the files that were landed when it was first
 * materialized. It remains fresh when the files change or are removed later. The store holds a copy of the files, so that
 * the partition can be recomputed; `--repin` reads the files that are landed at that time. `asLanded(latest(x))` pins a
 * read with a window.
 */
export function asLanded<A extends SourceAsset>(source: A | Read<A>): Read<A> {
  return { ...toRead(source), asLanded: true }
}

/** Converts an asset to the read of its same partition; a read is returned unchanged. */
export function toRead<A extends AnyAsset | undefined>(value: NonNullable<A> | Read<A>): Read<A> {
  return value.kind === "read" ? value : { kind: "read", asset: value, window: { kind: "same" } }
}

/** In a check's query: the rows of the checked partition. */
export const itself: Read<undefined> = { kind: "read", asset: undefined, window: { kind: "same" } }

/** Formats the window of a read for people, with "as landed" if it is pinned: `same`, `last 7`, `as landed`, `latest, as landed`. */
export function formatReadWindow({
  window,
  asLanded = false,
}: Pick<Read, "window" | "asLanded">): string {
  if (!asLanded) return formatWindow(window)
  return window.kind === "same" ? "as landed" : `${formatWindow(window)}, as landed`
}

/** The name of the relation that a query reads: the asset's name, with the window unless it is the same partition. */
export function formatRelationName(
  read: Pick<Read, "window" | "asLanded"> & {
    readonly asset: { readonly name: string } | undefined
  },
): string {
  const name = read.asset?.name ?? "itself"
  const window = formatReadWindow(read)
  return window === "same" ? name : `${name} [${window}]`
}
