import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"

import type { DemoScale } from "../stocktwits/options.ts"
import type { DemoFile } from "../stocktwits/summary.ts"
import { toChunks } from "../to-chunks.ts"
import { createFileWriter, toSingleChunk } from "../write-file.ts"
import { generateCredits, generateKeywords, generateLinks, generateMetadata } from "./film-files.ts"
import { generateFilms } from "./film.ts"
import { generateRatings } from "./rating-lines.ts"
import { type MoviesDemoSizes, moviesDemoSizes } from "./sizes.ts"

/** Options of the generated files and their landing zone. The same seed and sizes give the same bytes on any machine. */
interface MoviesDemoOptions {
  readonly seed: number
  readonly landing: string
}

/** Fills the landing zone with generated films and ratings, and with the published price index. */
export async function writeMovies(
  { scale, ...options }: MoviesDemoOptions & { readonly scale: DemoScale },
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoFile[]> {
  return writeMoviesInSizes(moviesDemoSizes[scale], options, onFile)
}

/** Fills the landing zone with films and ratings in given numbers. */
export async function writeMoviesInSizes(
  sizes: MoviesDemoSizes,
  { seed, landing }: MoviesDemoOptions,
  onFile: (path: string) => void = () => {},
): Promise<readonly DemoFile[]> {
  const films = generateFilms(seed, sizes.films)
  const { resolve } = createRequire(import.meta.url)
  const priceIndexUrl = resolve("@freshet/demo/consumer_price_index.csv")
  const contents: Readonly<Record<string, Iterator<Uint8Array, void>>> = {
    "movies_metadata.csv": toChunks(generateMetadata(films)),
    "links.csv": toChunks(generateLinks(films)),
    "credits.csv": toChunks(generateCredits(seed, films)),
    "keywords.csv": toChunks(generateKeywords(seed, films)),
    "consumer_price_index.csv": toSingleChunk(await readFile(priceIndexUrl, "utf8")),
    "ratings.csv": toChunks(generateRatings(seed, films, sizes)),
  }
  const write = createFileWriter(landing)
  const files: DemoFile[] = []
  for (const [name, content] of Object.entries(contents)) {
    const path = `movies/${name}`
    onFile(path)
    files.push((await write(path, content)).file)
  }
  return files
}
