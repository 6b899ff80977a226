import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { gzipSync } from "node:zlib"

const header =
  "adult,belongs_to_collection,budget,genres,homepage,id,imdb_id,original_language,original_title,overview,popularity,poster_path,production_companies,production_countries,release_date,revenue,runtime,spoken_languages,status,tagline,title,video,vote_average,vote_count"

const drama = "{'id': 18, 'name': 'Drama'}"
const comedy = "{'id': 35, 'name': 'Comedy'}"

function formatFilm(id: number | string, values: Readonly<Record<string, string>> = {}): string {
  const fields: Readonly<Record<string, string>> = {
    adult: "False",
    budget: "0",
    genres: `[${drama}]`,
    id: String(id),
    original_language: "en",
    popularity: "0.5",
    production_companies: `[{'name': 'Studio "${id}"', 'id': ${id}}]`,
    production_countries: "[{'iso_3166_1': 'US', 'name': 'United States of America'}]",
    release_date: "2000-01-15",
    revenue: "0",
    runtime: "90.0",
    spoken_languages: "[{'iso_639_1': 'en', 'name': 'English'}]",
    status: "Released",
    title: `Film ${id}`,
    video: "False",
    vote_average: "7",
    vote_count: "12",
    ...values,
  }
  return header
    .split(",")
    .map((name) => fields[name] ?? "")
    .map((value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(",")
}

/** The landed files of a few films, by name; they contain every trap of the original CSV. */
export const smallFilms: Readonly<Record<string, string>> = {
  "movies_metadata.csv": [
    header,
    formatFilm(1, {
      overview: 'He said ""no"", twice,\nand\r\nleft.',
      belongs_to_collection: `{'id': 7, 'name': "Ocean's Collection", 'poster_path': None}`,
      genres: `[${drama}, ${comedy}, ${drama}]`,
      revenue: "1000",
      production_companies: "[]",
    }),
    formatFilm(2, { release_date: "2000-02-10", revenue: "1001", genres: `[${comedy}]` }),
    formatFilm(3, { release_date: "1998-12-31", revenue: "500", title: "Früher" }),
    formatFilm(4, { release_date: "", revenue: "70" }),
    formatFilm(5, {
      spoken_languages: "[{'iso_639_1': 'fr', 'name': 'Français'}]",
      production_countries: "[{'iso_3166_1': 'FR', 'name': 'France'}]",
      belongs_to_collection: "{'id': 8, 'name': 'Fives'}",
    }),
    formatFilm(2, { title: "Again" }),
    `False,,0,"[${comedy}]",,6,tt6,en,Six," breaks off`,
    `here"`,
    ` - shifted,0.1,/p.jpg,[],[],1997-08-20,0,104.0,[],Released,,Seven,False,6.0,1`,
    formatFilm("x9"),
    formatFilm(10, { genres: "[{'id': 18, 'name': 'it's'}]" }),
    formatFilm(11, { adult: "/poster.jpg" }),
  ].join("\n"),
  "ratings.csv": [
    "userId,movieId,rating,timestamp",
    "1,101,4.0,946684800",
    "1,102,2.5,946771200",
    "2,101,5.0,1000000000",
    "3,101,0.5,1000000001",
    "3,102,3.0,1000000002",
    "3,199,1.0,1000000003",
    "3,198,1.0,1000000004",
    "3,197,1.0,1000000005",
    ...Array.from({ length: 400 }, (_, at) => `${at + 10},105,3.5,1000000006`),
    "4,101,five,1000000007",
  ].join("\r\n"),
  "links.csv": [
    "movieId,imdbId,tmdbId",
    "101,0000001,1",
    "102,0000002,2",
    "105,0000005,5",
    "198,0000198,",
    "197,0000197,999",
  ].join("\n"),
  "credits.csv": [
    "cast,crew,id",
    `"[{'cast_id': 1, 'character': ""Mr. O'Hara"", 'credit_id': 'c1', 'gender': 2, 'id': 31, 'name': 'Ann', 'order': 0, 'profile_path': None}, {'cast_id': 2, 'character': '', 'credit_id': 'c2', 'gender': 0, 'id': 32, 'name': 'Bob', 'order': 1, 'profile_path': None}]","[{'credit_id': 'w1', 'department': 'Directing', 'gender': 1, 'id': 33, 'job': 'Director', 'name': 'Cy', 'profile_path': None}]",1`,
    `[],"[{'credit_id': 'w2', 'department': 'Writing', 'gender': 1, 'id': 33, 'job': 'Writer', 'name': 'Cyd', 'profile_path': None}]",2`,
    `"[{'cast_id': 1, 'character': 'X', 'credit_id': 'c3', 'gender': 2, 'id': 31, 'name': 'Ann', 'order': 0, 'profile_path': None}]",[],999`,
    `"[{'cast_id': 1}]",[],5`,
  ].join("\n"),
  "keywords.csv": [
    "id,keywords",
    `1,"[{'id': 931, 'name': 'jealousy'}, {'id': 932, 'name': 'toy'}]"`,
    "2,[]",
    "999,[]",
  ].join("\n"),
  "consumer_price_index.csv": [
    "DATE,CUSR0000SS62031",
    "1999-12-01,80.000",
    "2000-01-01,100.000",
    "2000-02-01,110.000",
    "2000-03-01,150.000",
  ].join("\n"),
}

/** Lands files by name under `movies`; some may be left out or have other content. */
export function landFilms(
  landing: string,
  files: Readonly<Record<string, string | undefined>> = smallFilms,
): void {
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue
    const path = join(landing, "movies", name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, name.endsWith(".gz") ? gzipSync(`${content}\n`) : `${content}\n`)
  }
}
