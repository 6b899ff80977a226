/** Groups values by key, in the order in which the keys first appear. */
export function groupBy<K, V>(
  values: Iterable<V>,
  getKey: (value: V) => K,
): ReadonlyMap<K, readonly V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) {
    const key = getKey(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
