import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"

import { findRealFile, type RealFile } from "../real-data.ts"
import { parseCsvRows } from "./oracle/csv-rows.ts"

export const realFilms = findRealFile("the-movies-dataset/movies_metadata_core.csv.gz")

/** Lands the real films, ratings, links and price index under their original names. */
export function landRealFilms(landing: string): void {
  const target = join(landing, "movies")
  mkdirSync(target, { recursive: true })
  const from = (name: string) => findRealFile(name).path
  writeFileSync(join(target, "movies_metadata.csv"), buildMetadata())
  copyFileSync(from("movielens-small-2015/ratings.csv.gz"), join(target, "ratings.csv.gz"))
  copyFileSync(from("movielens-small-2015/links.csv"), join(target, "links.csv"))
  copyFileSync(
    from("cpi-movies/consumer_price_index.csv"),
    join(target, "consumer_price_index.csv"),
  )
}

/**
 * The original file as far as it is here: its first 2,996 rows to the byte, and all the others with the eight
 * columns that are known of them, in the original's form. Three records break off in the tenth column, and the
 * rest of each stands as a row of its own, shifted.
 */
function buildMetadata(): string {
  const first = readGzip(findRealFile("the-movies-dataset/movies_metadata_first2996.csv.gz"))
  const [header = [], ...raw] = parseCsvRows(first)
  const ids = collectGenreIds(raw.map((row) => row[header.indexOf("genres")] ?? ""))
  const [, ...rows] = parseCsvRows(readGzip(realFilms))
  const laterRows = rows.slice(raw.length).map((row) => formatOriginalRow(row, ids))
  return `${first.endsWith("\n") ? first : `${first}\n`}${laterRows.join("\n")}\n`
}

function readGzip({ path }: RealFile): string {
  return gunzipSync(readFileSync(path)).toString("utf8")
}

function collectGenreIds(lists: readonly string[]): Map<string, number> {
  const ids = new Map<string, number>()
  for (const list of lists)
    for (const [, id, name = ""] of list.matchAll(/'id': (\d+), 'name': '([^']+)'/g))
      ids.set(name, Number(id))
  return ids
}

function formatOriginalRow(row: readonly string[], ids: Map<string, number>): string {
  const [id = "", title = "", listed = "", released = "", revenue = "", runtime = ""] = row
  const [average = "", votes = ""] = row.slice(6)
  const names = [...listed.matchAll(/'([^']+)'/g)].map(([, name = ""]) => name)
  const dicts = names.map((name) => `{'id': ${getGenreId(name, ids)}, 'name': '${name}'}`)
  const list = `"[${dicts.join(", ")}]"`
  if (!/^\d+$/.test(id))
    return ` - shifted,0.1,/poster.jpg,${list},[],${id},0,104.0,[],Released,,Some film,False,6.0,1`
  if (title === "") return `False,,0,${list},,${id},tt0000000,en,Some film," breaks off"`
  const middleColumns = `${quoteCsv(title)},,0.5,,[],[],${released},${removeDecimals(revenue)},${runtime},[],Released,,`
  return `False,,0,${list},,${id},,en,${middleColumns}${quoteCsv(title)},False,${average},${removeDecimals(votes)}`
}

function getGenreId(name: string, ids: Map<string, number>): number {
  const id = ids.get(name) ?? 100_000 + ids.size
  ids.set(name, id)
  return id
}

function quoteCsv(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function removeDecimals(text: string): string {
  return text.replace(/\.0$/, "")
}
