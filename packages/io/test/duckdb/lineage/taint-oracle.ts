import type { Connection } from "../../../src/duckdb/session.ts"

/** A table of random rows. */
export interface RandomTable {
  readonly name: string
  /** Column → DuckDB type. */
  readonly columns: ReadonlyMap<string, string>
}

/** A column of a table that changes an output column when its values change. */
export interface Witness {
  readonly table: string
  readonly column: string
  readonly output: string
}

/** Few rows leave values out, so that sets change; many rows match in joins and groups. */
const rowCounts = [24, 4, 8]

/** Builds an expression that is a small random value of a type, so that values repeat and joins match. */
function buildValue(type: string, seed: string): string {
  const number = `(hash(i, ${seed}) % 6)::bigint`
  if (type.endsWith("[]")) {
    const element = type.slice(0, -2)
    return `[${buildValue(element, `${seed} || 'x'`)}, ${buildValue(element, `${seed} || 'y'`)}]`
  }
  if (type.startsWith("STRUCT(")) return buildStruct(type, seed)
  if (type === "VARCHAR")
    return `(['3', '12', 'en', 'tea', '2016-01-0' || (1 + ${number}), 'Drama'])[1 + ${number}]`
  if (type === "BOOLEAN") return `${number} < 3`
  if (type === "DATE") return `date '2000-01-01' + ${number}::integer * 31`
  if (type.startsWith("TIMESTAMP"))
    return `(timestamp '2000-01-01' + to_hours(${number} * 9))::${type}`
  return `(${number} + 1)::${type}`
}

function buildStruct(type: string, seed: string): string {
  const members = splitMembers(type.slice("STRUCT(".length, -1)).map((member) => {
    const at = member.indexOf(" ")
    return [member.slice(0, at).replaceAll('"', ""), member.slice(at + 1)] as const
  })
  const packed = members.map(
    ([name, memberType]) => `"${name}" := ${buildValue(memberType, `${seed} || '${name}'`)}`,
  )
  return `struct_pack(${packed.join(", ")})`
}

/** Splits the members of a type at the commas outside brackets. */
function splitMembers(text: string): readonly string[] {
  const members: string[] = [""]
  let depth = 0
  for (const character of text) {
    if (character === "(") depth += 1
    if (character === ")") depth -= 1
    if (character === "," && depth === 0) members.push("")
    else members.push((members.pop() ?? "") + character)
  }
  return members.map((member) => member.trim())
}

async function fillTable(
  connection: Connection,
  { name, columns }: RandomTable,
  getSeed: (column: string) => string,
  rowCount: number,
): Promise<void> {
  const values = [...columns].map(
    ([column, type]) => `${buildValue(type, `'${getSeed(column)}'`)} as "${column}"`,
  )
  await connection.run(
    `create or replace temp table "${name}" as select ${values.join(", ")} from range(${rowCount}) t(i)`,
  )
}

/** Reads each column of a query's result as a text that does not depend on the order of rows; undefined when the values make the query fail. */
async function readOutputs(
  connection: Connection,
  sql: string,
  outputs: readonly string[],
): Promise<readonly string[] | undefined> {
  const lists = outputs.map(
    (name, at) => `to_json(list_sort(list("${name}"::varchar)))::varchar as o${at}`,
  )
  try {
    const [row] = await connection.rows(`select ${lists.join(", ")} from (${sql}\n)`)
    return outputs.map((_, at) => JSON.stringify(row?.[`o${at}`]))
  } catch {
    return undefined
  }
}

/** Changes one column after the other and finds the output columns that change with it. */
export async function findWitnesses(
  connection: Connection,
  request: {
    readonly tables: readonly RandomTable[]
    readonly sql: string
    readonly outputs: readonly string[]
    /** The number of random contents. */
    readonly rounds: number
    /** Computes what the query reads from other tables. */
    readonly prepare?: () => Promise<void>
  },
): Promise<readonly Witness[]> {
  const { tables, sql, outputs, rounds, prepare = async () => {} } = request
  const witnesses = new Map<string, Witness>()
  for (let round = 0; round < rounds; round += 1) {
    const seed = (column: string) => `${round} ${column}`
    const rowCount = rowCounts[round % rowCounts.length] ?? 1
    for (const table of tables) await fillTable(connection, table, seed, rowCount)
    await prepare()
    const before = await readOutputs(connection, sql, outputs)
    for (const table of before === undefined ? [] : tables)
      for (const column of table.columns.keys()) {
        await fillTable(
          connection,
          table,
          (name) => seed(name === column ? `${name} changed` : name),
          rowCount,
        )
        await prepare()
        const after = await readOutputs(connection, sql, outputs)
        outputs.forEach((output, at) => {
          if (after === undefined || after[at] === before?.[at]) return
          witnesses.set(`${table.name} ${column} ${output}`, { table: table.name, column, output })
        })
        await fillTable(connection, table, seed, rowCount)
      }
  }
  return [...witnesses.values()]
}
