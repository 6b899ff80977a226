import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { availableParallelism, homedir } from "node:os"
import { join } from "node:path"

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"

/** The day of all files. */
export const landedDay = "2026-01-10"

/** Numbers of generated lines and people. */
export interface ReputationSizes {
  readonly messages: number
  readonly engagements: number
  readonly people: number
}

/** Five engagements per message and one person per twenty messages. */
export function computeSizes(messages: number): ReputationSizes {
  return { messages, engagements: 5 * messages, people: Math.ceil(messages / 20) }
}

/** Returns the folder of generated files of one day; DuckDB generates them if they do not exist. */
export async function createReputationLanding(sizes: ReputationSizes): Promise<string> {
  const landing = join(homedir(), ".cache", "freshet-bench", `reputation-${sizes.messages}`)
  if (existsSync(landing)) return landing
  const partial = `${landing}.partial`
  rmSync(partial, { recursive: true, force: true })
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(availableParallelism()),
    memory_limit: "2GB",
    preserve_insertion_order: "false",
  })
  const connection = await instance.connect()
  for (const file of listFiles(sizes)) await writeFile(connection, partial, file)
  connection.closeSync()
  instance.closeSync()
  renameSync(partial, landing)
  return landing
}

interface GeneratedFile {
  readonly kind: string
  readonly query: string
}

async function writeFile(
  connection: DuckDBConnection,
  landing: string,
  { kind, query }: GeneratedFile,
): Promise<void> {
  const folder = join(landing, "reputation", kind)
  mkdirSync(folder, { recursive: true })
  const [extension, format] =
    kind === "messages" ? ["json", "format json"] : ["csv", "format csv, header false"]
  await connection.run(
    `copy (${query}) to '${join(folder, `${landedDay}.${extension}`)}' (${format})`,
  )
}

/** A sixth of the engagements are follows of ten years, and the others are of 90 days. */
function listFiles(sizes: ReputationSizes): readonly GeneratedFile[] {
  const follows = Math.floor(sizes.engagements / 6)
  const others = Math.floor((sizes.engagements - follows) / 3)
  return [
    {
      kind: "follow",
      query: `select user_id, other_id, ${buildTime("follow", 3650)} from ${buildPairs("follow", follows, sizes)}`,
    },
    ...["reply", "mention", "like"].map((kind) => ({
      kind,
      query: `select user_id, other_id, n + 1, ${buildTime(kind, 90)}, '${kind}'
        from ${buildPairs(kind, others, sizes)}`,
    })),
    {
      kind: "user",
      query: `select n + 1, 'person' || (n + 1), ${"null, ".repeat(9)}
        (hash(n, 'suspended') % 50 = 0)::integer from range(${sizes.people}) as people(n)`,
    },
    { kind: "messages", query: buildMessages(sizes) },
  ]
}

/** Builds a random number from 0 to 1 for row `n`. */
function buildRandom(name: string): string {
  return `((hash(n, '${name}') >> 11)::double / 9007199254740992)`
}

/** Draws a person: few are much more active and liked than the others, after Zipf's law with exponent 0.7. */
function buildPerson(name: string, people: number): string {
  return `(1 + floor(${people} * pow(${buildRandom(name)}, 3.3)))::integer`
}

/** Builds pairs of people: of the same circle of 15, or one time in four any two. */
function buildPairs(kind: string, count: number, { people }: ReputationSizes): string {
  return `(
    select n, user_id, case when hash(n, '${kind} far') % 4 = 0 then ${buildPerson(`${kind} other`, people)}
      else least(${people}, (user_id - 1) // 15 * 15 + 1 + hash(n, '${kind} near') % 15)::integer end as other_id
    from (select n, ${buildPerson(`${kind} user`, people)} as user_id from range(${count}) as events(n))
  )`
}

/** Builds a time in the days that end with the day of the files. */
function buildTime(kind: string, days: number): string {
  const age = `1 + floor(${days * 86_400} * ${buildRandom(`${kind} time`)})`
  return `strftime(timestamp '${landedDay}' + interval 1 day - to_seconds(${age}), '%Y-%m-%d %H:%M:%S')`
}

const carefulWords =
  "earnings guidance margin revenue valuation filing debt dividend forecast balance support hedge risk estimate"
const carelessWords =
  "moon rocket lambo squeeze yolo ape diamond pump guaranteed easy insane bagholder scam haters"
const commonWords =
  "the a to of in on and this that is up down buy sell hold today week price $AAPL $TSLA @person7 https://example.com/1"

function buildWord(list: string): string {
  const words = list.split(" ")
  const texts = words.map((word) => `'${word}'`).join(", ")
  return `[${texts}][1 + (hash(n, place) % ${words.length})::integer]`
}

/** Builds one of 17,576 words of three letters; few are frequent. */
function buildRareWord(): string {
  const rank = "floor(17576 * pow((hash(n, place, 'rank') % 100000) / 100000.0, 3.3))::integer"
  const letters = [1, 26, 676].map((unit) => `chr(97 + ${rank} // ${unit} % 26)`)
  return letters.join(" || ")
}

/** Builds messages of 4 to 12 words of 90 days; a third of the people write with care. */
function buildMessages({ messages, people }: ReputationSizes): string {
  const word = `case when hash(n, place, 'rare') % 3 = 0 then ${buildRareWord()}
    when hash(n, place, 'kind') % 2 = 0 then ${buildWord(commonWords)}
    when (user_id % 3 = 0) = (hash(n, place, 'slip') % 8 > 0) then ${buildWord(carefulWords)}
    else ${buildWord(carelessWords)} end`
  return `
    select n + 1 as id,
      array_to_string(list_transform(range(4 + (hash(n, 'words') % 9)::integer), lambda place: ${word}), ' ') as body,
      replace(${buildTime("message", 90)}, ' ', 'T') || 'Z' as created_at,
      {'parent_message_id': case when hash(n, 'parent') % 3 = 0 then n end} as conversation,
      {'sentiment': case when hash(n, 'sentiment') % 4 = 0 then {'basic': 'Bullish'} end} as entities,
      user_id, user_id % 3 = 0 as recommended
    from (select n, ${buildPerson("author", people)} as user_id from range(${messages}) as messages(n))`
}
