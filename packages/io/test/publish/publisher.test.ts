import {
  bool,
  type Columns,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  struct,
  text,
  timestamp,
} from "@freshet/core"
import { FreshetError } from "@freshet/core/engine"
import {
  bigint,
  boolean,
  date as dateColumn,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgSchema,
  pgTable,
  primaryKey,
  smallint,
  text as textColumn,
  timestamp as timestampColumn,
  varchar,
} from "drizzle-orm/pg-core"
import fc from "fast-check"
import { Client } from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { createPublisher } from "../../src/publish/publisher.ts"
import {
  openPublishFixture,
  publishedAsset,
  type PublishFixture,
  buildRequest,
} from "./publish-fixture.ts"

const written = {
  created_at: timestampColumn({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestampColumn({ withTimezone: true }).notNull().defaultNow(),
}

const things = pgSchema("shop").table(
  'Odd "things"',
  {
    k1: integer().notNull(),
    k2: textColumn().notNull(),
    whole: bigint({ mode: "bigint" }),
    small: smallint(),
    share: doublePrecision(),
    said: varchar(),
    isOn: boolean("is on"),
    day: dateColumn(),
    at: timestampColumn({ withTimezone: true }),
    exact: numeric({ precision: 38, scale: 3 }),
    ...written,
  },
  (table) => [primaryKey({ columns: [table.k1, table.k2] })],
)

// Another order than that of the table: only names count.
const thingColumns: Columns = {
  said: nullable(text()),
  k2: text(),
  at: nullable(timestamp()),
  isOn: nullable(bool()),
  exact: nullable(decimal(38, 3)),
  k1: int32(),
  small: nullable(int16()),
  share: nullable(float64()),
  day: nullable(date()),
  whole: nullable(int64()),
}
const thingsAsset = publishedAsset("things", thingColumns, things)

const pairs = pgTable("pairs", { id: integer().primaryKey(), weight: integer().notNull() })
const pairsAsset = publishedAsset("pairs", { id: int32(), weight: int32() }, pairs)

const bags = pgTable("bags", {
  id: integer().primaryKey(),
  words: textColumn().array().notNull(),
  shares: numeric({ precision: 9, scale: 2 }).array(),
  days: dateColumn().array(),
  nested: jsonb(),
})
const bagColumns: Columns = {
  id: int32(),
  words: list(text()),
  shares: nullable(list(decimal(9, 2))),
  days: nullable(list(date())),
  nested: nullable(struct({ a: int32(), b: list(text()) })),
}
const bagsAsset = publishedAsset("bags", bagColumns, bags)

const tables = `
  create table bags (id int primary key, words text[] not null, shares numeric(9, 2)[], days date[],
    nested jsonb);
  create schema shop;
  create table shop."Odd ""things""" (
    k1 int not null, k2 text not null, whole bigint, small smallint, share double precision,
    said varchar, "is on" boolean, day date, at timestamptz, exact numeric(38, 3),
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    constraint things_key primary key (k1, k2));
  create table pairs (id int primary key, weight int not null)`

let fixture: PublishFixture
beforeAll(async () => void (fixture = await openPublishFixture(tables)))
afterAll(() => fixture.close())
beforeEach(() => fixture.client.query(`truncate shop."Odd ""things""", pairs, bags`))

function publish(...args: Parameters<typeof buildRequest>) {
  return createPublisher(fixture).publish(buildRequest(...args))
}

/** One row; whole numbers, decimals, days and microseconds as text of a whole number. */
interface Thing {
  readonly k1: number
  readonly k2: string
  readonly whole: string | null
  readonly small: number | null
  readonly share: number | null
  readonly said: string | null
  readonly is_on: boolean | null
  readonly day: number | null
  readonly at: string | null
  readonly exact: string | null
}

const words = fc.oneof(
  fc.constantFrom("", " ", "NULL", "\\N", "twelve bytes", "thirteen byte", "\r\n\t", "Ω≈ç√", "👩‍👩‍👧"),
  fc.string({ unit: "binary", maxLength: 40 }).map((word) => word.replaceAll("\0", "")),
)
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 4 })
const decimals = fc
  .bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })
  .chain((most) =>
    fc.constantFrom(most, most / 10n ** 20n, most / 10n ** 34n, 0n, 5n, -10_000_000n),
  )

const thing: fc.Arbitrary<Thing> = fc.record({
  k1: fc.constantFrom(-(2 ** 31), -1, 0, 1, 2 ** 31 - 1),
  k2: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("", "a", "A", "é") }, words),
  whole: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  small: orNull(fc.integer({ min: -32_768, max: 32_767 })),
  share: orNull(fc.double({ noNaN: true }).map((value) => value + 0)),
  said: orNull(words),
  is_on: orNull(fc.boolean()),
  day: orNull(fc.integer({ min: -2_440_000, max: 2_932_896 })), // 4711 BC to 9999-12-31
  at: orNull(
    fc.bigInt({ min: -210_000_000_000_000_000n, max: 253_402_300_799_999_999n }).map(String),
  ),
  exact: orNull(decimals.map(thousandths)),
})
const thingSet = fc.uniqueArray(thing, {
  selector: ({ k1, k2 }) => `${k1} ${k2}`,
  maxLength: 12,
})

function thousandths(scaled: bigint): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(4, "0")
  return `${scaled < 0n ? "-" : ""}${digits.slice(0, -3)}.${digits.slice(-3)}`
}

/** Four editions of the rows: from one to the next most stay, some change, some go, some come. */
const editions = fc
  .tuple(fc.array(thingSet, { minLength: 4, maxLength: 4 }), fc.infiniteStream(fc.nat(9)))
  .map(([[first = [], ...sets], dice]) => {
    const editionThings = [first]
    for (const set of sets) editionThings.push(nextEdition(editionThings.at(-1) ?? [], set, dice))
    return editionThings
  })

function nextEdition(
  previousThings: readonly Thing[],
  fresh: readonly Thing[],
  dice: Iterator<number, unknown>,
): Thing[] {
  const retainedThings = previousThings.flatMap((row, index) => {
    const thrown = Number(dice.next().value)
    if (thrown < 2) return []
    const other = fresh[index % Math.max(fresh.length, 1)] ?? row
    if (thrown < 3) return [{ ...other, k1: row.k1, k2: row.k2 }]
    if (thrown > 5) return [row]
    const name = valueNames[Number(dice.next().value)] ?? "said"
    return [{ ...row, [name]: thrown === 3 ? null : other[name] }]
  })
  const keys = new Set(retainedThings.map(formatKey))
  return [...retainedThings, ...fresh.filter((row) => !keys.has(formatKey(row)))]
}

const valueNames = ["whole", "small", "share", "said", "is_on", "day", "at", "exact"] as const

const storedTypes = `
  k1::int as k1, k2::varchar as k2, whole::bigint as whole, small::smallint as small,
  share::double as share, said::varchar as said, is_on::boolean as "isOn",
  date '1970-01-01' + day::int as day, make_timestamptz("at"::bigint) as at,
  exact::decimal(38, 3) as exact`

function storeThings(rows: readonly Thing[]): Promise<string> {
  const names = ["k1", "k2", ...valueNames] as const
  const tuples = rows.map((row) => `(${names.map((name) => quoteValue(row[name])).join(", ")})`)
  const emptyQuery = `(${names.map(() => "null").join(", ")})`
  return fixture.store(`select ${storedTypes}
    from (values ${[...tuples, emptyQuery].join(", ")}) as v("${names.join(`", "`)}") where k1 is not null`)
}

function quoteValue(value: string | number | boolean | null): string {
  return value === null ? "null" : `'${String(value).replaceAll("'", "''")}'`
}

type StoredThing = Thing & {
  readonly created: string
  readonly updated: string
  readonly row: string
}

async function readThings(): Promise<Map<string, StoredThing>> {
  const { rows } = await fixture.client.query<StoredThing>(`
    select k1, k2, whole::text as whole, small, share, said, "is on" as is_on,
      day - date '1970-01-01' as day, trunc(extract(epoch from at) * 1000000)::text as at,
      exact::text as exact, created_at::text as created, updated_at::text as updated,
      xmin::text || ' ' || ctid::text as row
    from shop."Odd ""things"""`)
  return new Map(rows.map((row) => [formatKey(row), row]))
}

function formatKey({ k1, k2 }: Thing): string {
  return `${k1} ${k2}`
}

function stripTimestamps({ created: _, updated: __, row: ___, ...thing }: StoredThing): Thing {
  return thing
}

function mapByKey(rows: readonly Thing[]): Map<string, Thing> {
  return new Map(rows.map((row) => [formatKey(row), row]))
}

function isSame(one: Thing, other: Thing): boolean {
  return valueNames.every((name) => one[name] === other[name])
}

function computeChange(previousThings: ReadonlyMap<string, StoredThing>, rows: readonly Thing[]) {
  const stayed = rows.filter((row) => previousThings.has(formatKey(row)))
  const updated = stayed.filter((row) => !isSame(row, previousThings.get(formatKey(row))!)).length
  return {
    asset: "things",
    table: 'shop.Odd "things"',
    inserted: rows.length - stayed.length,
    updated,
    deleted: previousThings.size - stayed.length,
    rows: rows.length,
  }
}

/** Of the rows that are in both, the unchanged ones were not touched; the others are later and as old as before. */
function expectRetained(
  previousThings: ReadonlyMap<string, StoredThing>,
  currentThings: ReadonlyMap<string, StoredThing>,
): void {
  for (const [key, row] of currentThings) {
    const old = previousThings.get(key)
    if (old === undefined) continue
    const isUntouched = row.row === old.row && row.updated === old.updated
    expect(isUntouched).toBe(isSame(row, old))
    expect(isUntouched || row.updated > old.updated).toBe(true)
    expect(row.created).toBe(old.created)
  }
}

describe("publish", () => {
  test("a published table equals the rows, retains unchanged rows, and reports the exact difference", async () => {
    await fc.assert(
      fc.asyncProperty(editions, async (sets) => {
        await fixture.client.query(`truncate shop."Odd ""things"""`)
        for (const rows of sets) {
          const before = await readThings()
          const [change] = await publish([[thingsAsset, await storeThings(rows)]])
          const after = await readThings()
          expect(new Map([...after].map(([key, row]) => [key, stripTimestamps(row)]))).toEqual(
            mapByKey(rows),
          )
          expect(change).toEqual(computeChange(before, rows))
          expectRetained(before, after)
        }
        const last = await readThings()
        const [again] = await publish([[thingsAsset, await storeThings(sets.at(-1) ?? [])]])
        expect(again).toMatchObject({ inserted: 0, updated: 0, deleted: 0, rows: last.size })
        expect(await readThings()).toEqual(last)
      }),
      { numRuns: 33 },
    )
  })

  test("infinite days and instants, not-a-number and infinite numbers arrive as such", async () => {
    const query = (sign: string) => `
      select 1::int as k1, '${sign}' as k2, '${sign}infinity'::date as day,
        '${sign}infinity'::timestamptz as at, '${sign}infinity'::double as share,
        1::bigint as whole, 1::smallint as small, '' as said, true as "isOn", 1::decimal(38,3) as exact`
    await publish([[thingsAsset, await fixture.store(`${query("")} union all ${query("-")}`)]])
    const { rows } = await fixture.client.query(
      `select day::text, at::text, share from shop."Odd ""things""" order by k2`,
    )
    expect(rows).toEqual([
      { day: "infinity", at: "infinity", share: Infinity },
      { day: "-infinity", at: "-infinity", share: -Infinity },
    ])
  })

  test("lists arrive as arrays, and structs as JSON", async () => {
    const query = `
      select 1::int as id, ['a', null, '', 'thirteen byte'] as words, [1.25, null] as shares,
        [date '0001-01-01', date '9999-12-31'] as days, {'a': 1, 'b': ['x']} as nested
      union all select 2, [], null, [null], null
      union all select 3, ['b'], [0], [], {'a': null, 'b': []}`
    const file = await fixture.store(query)
    const [first] = await publish([[bagsAsset, file]])
    expect(first).toMatchObject({ inserted: 3 })
    const { rows } = await fixture.client.query(
      "select id, words, shares::float8[], days::text[], nested from bags order by id",
    )
    expect(rows).toEqual([
      {
        id: 1,
        words: ["a", null, "", "thirteen byte"],
        shares: [1.25, null],
        days: ["0001-01-01", "9999-12-31"],
        nested: { a: 1, b: ["x"] },
      },
      { id: 2, words: [], shares: null, days: [null], nested: null },
      { id: 3, words: ["b"], shares: [0], days: [], nested: { a: null, b: [] } },
    ])
    const changes = await publish([[bagsAsset, file]])
    expect(changes[0]).toMatchObject({ inserted: 0, updated: 0, deleted: 0, rows: 3 })
  })

  test("many chunks arrive in order with their nulls", async () => {
    const query = (changed: number) => `
      select i::int as k1, 'k' as k2, case when i % 3 = 0 then null else i end::bigint as whole,
        1::smallint as small, i / 7 as share, repeat('é', i::int % 20) as said, i % 2 = 0 as "isOn",
        null::date as day, make_timestamptz(i) as at,
        case when i % 1000 = ${changed} then 1 else i end::decimal(38, 3) as exact
      from range(20000) r(i)`
    const [first] = await publish([[thingsAsset, await fixture.store(query(-1))]])
    expect(first).toMatchObject({ inserted: 20_000, rows: 20_000 })
    const { rows } = await fixture.client.query(`
      select count(whole)::int as whole, sum(whole)::int as sum, sum(length(said))::int as letters,
        count(*) filter (where "is on")::int as on, sum(exact)::int as exact
      from shop."Odd ""things"""`)
    const indexes = Array.from({ length: 20_000 }, (_, index) => index)
    const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0)
    const withValue = indexes.filter((index) => index % 3 !== 0)
    expect(rows[0]).toEqual({
      whole: withValue.length,
      sum: sum(withValue),
      letters: sum(indexes.map((index) => index % 20)),
      on: 10_000,
      exact: sum(indexes),
    })
    const [second] = await publish([[thingsAsset, await fixture.store(query(7))]])
    expect(second).toMatchObject({ inserted: 0, updated: 20, deleted: 0 })
  })

  test("the publication row is written with the tables", async () => {
    const file = await fixture.store("select 1::int as id, 2::int as weight")
    const changes = await publish([[pairsAsset, file]], "a version")
    const { rows } = await fixture.client.query(
      "select set, partition_key, version, run, changes from freshet.publications order by id desc limit 1",
    )
    expect(rows[0]).toEqual({
      set: "set",
      partition_key: "2024-10-04",
      version: "a version",
      run: "run_1",
      changes,
    })
    const { rows: contents } = await fixture.client.query(
      "select * from freshet.published_partitions where table_name = 'pairs'",
    )
    expect(contents).toMatchObject([
      {
        partition_key: "2024-10-04",
        set: "set",
        asset: "pairs",
        data_version: file,
        content: expect.stringMatching(/^[\da-f]{64}$/),
        file,
        rows: "1",
      },
    ])
  })

  test("only tables of a set whose rows differ from the latest publication are written", async () => {
    const read: string[] = []
    const readRows: typeof fixture.readRows = (file, ...otherArguments) => {
      read.push(file)
      return fixture.readRows(file, ...otherArguments)
    }
    const publisher = createPublisher({ url: fixture.url, readRows })
    const weights = (weight: number) =>
      fixture.store(`select 1::int as id, ${weight}::int as weight`)
    const [one, two] = [await weights(1), await weights(2)]
    const bag = await fixture.store(
      "select 1::int as id, ['a'] as words, null::decimal(9, 2)[] as shares, null::date[] as days, null::struct(a int, b text[]) as nested",
    )
    const readBy = async (...tables: Parameters<typeof buildRequest>[0]) => {
      read.length = 0
      const changes = await publisher.publish(buildRequest(tables))
      expect(changes.map(({ rows }) => rows)).toEqual(tables.map(() => 1))
      return [...read]
    }
    expect(await readBy([pairsAsset, one], [bagsAsset, bag])).toEqual([one, bag])
    expect(await readBy([pairsAsset, two], [bagsAsset, bag])).toEqual([two])
    expect(await readBy([pairsAsset, one], [bagsAsset, bag])).toEqual([one])
    expect((await fixture.client.query("table pairs")).rows).toEqual([{ id: 1, weight: 1 }])
    await fixture.client.query("delete from bags")
    expect(await readBy([pairsAsset, one], [bagsAsset, bag])).toEqual([bag])
  })

  test("a table whose columns are filled otherwise is written, though the rows are the same", async () => {
    const file = await fixture.store("select 1::int as id, 2::int as weight")
    await publish([[pairsAsset, file]])
    await fixture.client.query(
      "alter table pairs alter weight type bigint; update pairs set weight = 7",
    )
    const wide = pgTable("pairs", {
      id: integer().primaryKey(),
      weight: bigint({ mode: "bigint" }).notNull(),
    })
    await publish([[publishedAsset("pairs", { id: int32(), weight: int32() }, wide), file]])
    expect((await fixture.client.query("table pairs")).rows).toEqual([{ id: 1, weight: "2" }])
    await fixture.client.query("alter table pairs alter weight type int")
  })

  test("an empty table gets its key back under the same name, and an open reader does not make the publish wait", async () => {
    const file = await fixture.store("select 1::int as id, 2::int as weight")
    await publish([[pairsAsset, file]])
    await fixture.client.query("truncate pairs")
    await fixture.client.query("begin; select from pairs")
    await publish([[pairsAsset, file]])
    await fixture.client.query("commit")
    const { rows } = await fixture.client.query(
      "select conname from pg_constraint where conrelid = 'pairs'::regclass and contype = 'p'",
    )
    expect(rows).toEqual([{ conname: "pairs_pkey" }])
    expect((await fixture.client.query("table pairs")).rows).toEqual([{ id: 1, weight: 2 }])
  })
})

async function catchError(work: Promise<unknown>): Promise<FreshetError> {
  const cause: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(cause instanceof FreshetError)) throw new TypeError(`no FreshetError: ${String(cause)}`)
  return cause
}

test("a loaded table has statistics, and its publication does not wait for a lock to take them", async () => {
  const readStatistics = async () => {
    const { rows } = await fixture.client.query("select from pg_stats where tablename = 'pairs'")
    return rows.length
  }
  const file = await fixture.store(
    "select i::int as id, 1::int as weight from range(1000) numbers(i)",
  )
  const publisher = createPublisher(fixture)
  await publisher.publish(buildRequest([[pairsAsset, file]]))
  await publisher.close()
  expect(await readStatistics()).toBe(2)
  await fixture.client.query("truncate pairs; delete from freshet.published_partitions")
  const other = new Client({ connectionString: fixture.url })
  await other.connect()
  try {
    await other.query("begin; lock table pairs in share update exclusive mode")
    const impatient = createPublisher(fixture)
    await impatient.publish(buildRequest([[pairsAsset, file]]))
    await impatient.close()
  } finally {
    await other.end()
  }
})

describe("a publish that cannot be", () => {
  const old = "select i::int as id, 0::int as weight from range(3) r(i)"
  const held = async () => (await fixture.client.query("select * from pairs order by id")).rows
  const oldRows = [0, 1, 2].map((id) => ({ id, weight: 0 }))

  test.each([
    ["in an empty table", "select 5::int as id, 1::int as weight", ""],
    ["that is new", "select 7::int as id, 1::int as weight", old],
    ["that is unchanged", "select 1::int as id, 0::int as weight", old],
    ["that is changed", "select 2::int as id, 9::int as weight", old],
  ])("names a key that is there twice, %s", async (_, row, first) => {
    if (first !== "") await publish([[pairsAsset, await fixture.store(first)]])
    const twice = await fixture.store(`${row} union all ${row} union all select 100::int, 0::int`)
    const error = await catchError(publish([[pairsAsset, twice]]))
    expect(error.code).toBe("publish")
    expect(error.message).toMatch(/pairs was not published: .*\(id\)=\(\d\)/)
    expect(await held()).toEqual(first === "" ? [] : oldRows)
  })

  test.each([
    ["an empty table", ""],
    ["a table with rows", old],
  ])("refuses a null in the key of %s", async (_, first) => {
    if (first !== "") await publish([[pairsAsset, await fixture.store(first)]])
    const file = await fixture.store("select null::int as id, 1::int as weight")
    const error = await catchError(publish([[pairsAsset, file]]))
    expect(error.message).toMatch(/pairs was not published: null value in column "id"/)
    expect(await held()).toEqual(first === "" ? [] : oldRows)
  })

  test("names the value that does not fit, and leaves every table of the set as it was", async () => {
    await publish([[pairsAsset, await fixture.store(old)]])
    const things = await fixture.store(`
      select 1::int as k1, 'k' as k2, 1::bigint as whole, 99999::int as small, 1::double as share, '' as said,
        true as "isOn", null::date as day, null::timestamptz as at, 1::decimal(38,3) as exact`)
    const pairs = await fixture.store("select 9::int as id, 9::int as weight")
    const error = await catchError(
      publish([
        [pairsAsset, pairs],
        [thingsAsset, things],
      ]),
    )
    expect(error.code).toBe("publish")
    expect(error.message).toMatch(/things" was not published: .*99999/)
    expect(await held()).toEqual(oldRows)
  })

  test("names every missing table and column before it writes anything", async () => {
    const lost = pgTable("lost", { id: integer().primaryKey() })
    const wider = pgTable("pairs", {
      id: bigint({ mode: "bigint" }).primaryKey(),
      weight: integer().notNull(),
      note: textColumn(),
      updated_at: written.updated_at,
    })
    const columns = { id: int64(), weight: int32(), note: nullable(text()) }
    const error = await catchError(
      publish([
        [publishedAsset("lost", { id: int32() }, lost), "no file"],
        [publishedAsset("wider", columns, wider), "no file"],
      ]),
    )
    expect(error).toMatchObject({
      code: "publish",
      hint: expect.stringContaining("freshet migrate"),
    })
    expect(error.message.split("\n").toSorted()).toEqual([
      "The column id of pairs is integer, declared bigint.",
      "The table pairs has no column note.",
      "The table pairs has no column updated_at.",
      "There is no table lost.",
    ])
  })

  test("reports a wrong key, a lacking key and a type that cannot be written", async () => {
    const other = pgTable("pairs", { id: integer().notNull(), weight: integer().primaryKey() })
    const none = pgTable("pairs", { id: integer().notNull(), weight: integer().notNull() })
    const odd = pgTable("pairs", { id: integer().primaryKey(), weight: textColumn() })
    const columns = { id: int32(), weight: int32() }
    const why = async (table: typeof other | typeof none | typeof odd) =>
      (await catchError(publish([[publishedAsset("asset", columns, table), "no file"]]))).message
    expect(await why(other)).toBe("The primary key of pairs is not (weight).")
    expect(await why(none)).toBe("asset cannot be published: its table pairs has no primary key.")
    expect(await why(odd)).toBe(
      "asset cannot be published: its column weight, INTEGER, cannot be written to text.",
    )
  })

  test("is one of a run that is over", async () => {
    await publish([[pairsAsset, await fixture.store(old)]])
    const file = await fixture.store("select 9::int as id, 9::int as weight")
    const request = { ...buildRequest([[pairsAsset, file]]), run: "run_over" }
    const { url, readRows } = fixture
    const late = () => catchError(createPublisher({ url, readRows }).publish(request))
    expect((await late()).message).toContain("run_over")
    await fixture.client.query(
      `insert into freshet.runs (id, command, steps, host, pid, outcome)
      values ('run_over', 'test', 1, 'here', 1, 'interrupted')`,
    )
    expect((await late()).message).toContain("run_over is over")
    expect(await held()).toEqual(oldRows)
  })

  test("never prints the password of the server", async () => {
    const url = "postgres://somebody:sEcret@127.0.0.1:1/nowhere"
    const file = await fixture.store(old)
    for (const address of [url, "postgres://somebody:sEcret@[:x/no where"]) {
      const publisher = createPublisher({ url: address, readRows: fixture.readRows })
      const error = await catchError(publisher.publish(buildRequest([[pairsAsset, file]])))
      expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain("sEcret")
    }
  })
})
