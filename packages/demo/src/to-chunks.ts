const chunkLines = 10_000

/** Joins lines to chunks of a file. */
export function* toChunks(lines: Iterable<string>): Generator<Uint8Array, void> {
  const encoder = new TextEncoder()
  let bufferedLines: string[] = []
  for (const line of lines) {
    bufferedLines.push(line)
    if (bufferedLines.length < chunkLines) continue
    yield encoder.encode(`${bufferedLines.join("\n")}\n`)
    bufferedLines = []
  }
  if (bufferedLines.length > 0) yield encoder.encode(`${bufferedLines.join("\n")}\n`)
}
