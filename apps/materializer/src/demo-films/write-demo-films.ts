import { readFile } from "node:fs/promises"

import type { DemoDataFile } from "../demo-data/demo-data-summary.ts"
import { fileWriter, once } from "../demo-data/write-file.ts"
import type { DemoFilmsSizes } from "./demo-films-sizes.ts"
import { creditLines, keywordLines, linkLines, metadataLines } from "./film-files.ts"
import { demoFilms } from "./film.ts"
import { ratingLines } from "./rating-lines.ts"

/** What is to be made up, and where it is landed. The same seed and sizes give the same bytes, on any machine. */
export interface DemoFilmsOptions {
  readonly seed: number
  readonly sizes: DemoFilmsSizes
  readonly landing: string
}

/** Fills the landing zone with made-up films and ratings, and with the price index as it was published. */
export async function writeDemoFilms(
  { seed, sizes, landing }: DemoFilmsOptions,
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoDataFile[]> {
  const films = demoFilms(seed, sizes.films)
  const index = new URL("./consumer_price_index.csv", import.meta.url)
  const contents: Readonly<Record<string, Iterator<Uint8Array, void>>> = {
    "movies_metadata.csv": chunks(metadataLines(films)),
    "links.csv": chunks(linkLines(films)),
    "credits.csv": chunks(creditLines(seed, films)),
    "keywords.csv": chunks(keywordLines(seed, films)),
    "consumer_price_index.csv": once(await readFile(index, "utf8")),
    "ratings.csv": chunks(ratingLines(seed, films, sizes)),
  }
  const write = fileWriter(landing)
  const files: DemoDataFile[] = []
  for (const [name, content] of Object.entries(contents)) {
    const path = `movies/${name}`
    onFile(path)
    files.push((await write(path, content)).file)
  }
  return files
}

const chunkLines = 10_000

function* chunks(lines: Iterable<string>): Generator<Uint8Array, void> {
  const encoder = new TextEncoder()
  let held: string[] = []
  for (const line of lines) {
    held.push(line)
    if (held.length < chunkLines) continue
    yield encoder.encode(`${held.join("\n")}\n`)
    held = []
  }
  if (held.length > 0) yield encoder.encode(`${held.join("\n")}\n`)
}
