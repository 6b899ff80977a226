/** The key of an asset's partition in the state of a run. */
export function formatStateKey(asset: string, partition: number): string {
  return `${asset} ${partition}`
}
