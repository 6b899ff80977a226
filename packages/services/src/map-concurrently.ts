/** Works on several values at once; the results have the order of the values. */
export async function mapConcurrently<V, R>(
  values: readonly V[],
  concurrency: number,
  work: (value: V) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const remainingEntries = values.entries()
  const worker = async () => {
    for (const [at, value] of remainingEntries) results[at] = await work(value)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return results
}
