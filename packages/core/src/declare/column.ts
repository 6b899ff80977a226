/** The kinds of value that a column holds. */
export type ColumnKind =
  | "bool"
  | "int16"
  | "int32"
  | "int64"
  | "float64"
  | "decimal"
  | "text"
  | "date"
  | "timestamp"
  | "list"
  | "struct"

/** A column: its DuckDB type, whether it may be null, and its entry in the data dictionary. `T` is the TypeScript type of its values. */
export interface Column<T = unknown> {
  readonly kind: ColumnKind
  readonly type: string
  readonly nullable: boolean
  readonly description?: string
  readonly unit?: string
  readonly element?: Column
  readonly members?: Columns
  /** Exists only for the compiler: the TypeScript type of one value. */
  readonly value?: T
}

/** The columns of an asset by name, in order. */
export type Columns = Readonly<Record<string, Column>>

/** The TypeScript type of one row with these columns. */
export type RowOf<C extends Columns> = {
  readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never
}

/** Notes on a column for the data dictionary. */
export interface ColumnNotes {
  readonly unit?: string
}

function buildColumn<T>(kind: ColumnKind, type: string, description?: string, notes?: ColumnNotes) {
  const described = description === undefined ? {} : { description }
  return { kind, type, nullable: false, ...described, ...notes } satisfies Column<T> as Column<T>
}

/** Declares a column of one kind, with a sentence and notes for the data dictionary. */
export type Declare<T> = (description?: string, notes?: ColumnNotes) => Column<T>

/** True or false. */
export const bool: Declare<boolean> = (...notes) => buildColumn("bool", "BOOLEAN", ...notes)
/** Whole numbers of 16 bits. */
export const int16: Declare<number> = (...notes) => buildColumn("int16", "SMALLINT", ...notes)
/** Whole numbers of 32 bits. */
export const int32: Declare<number> = (...notes) => buildColumn("int32", "INTEGER", ...notes)
/** Whole numbers of 64 bits. */
export const int64: Declare<bigint> = (...notes) => buildColumn("int64", "BIGINT", ...notes)
/** Floating point numbers of 64 bits. Their sums depend on the order of rows, so prefer `decimal` for published columns. */
export const float64: Declare<number> = (...notes) => buildColumn("float64", "DOUBLE", ...notes)
/** Text in UTF-8. */
export const text: Declare<string> = (...notes) => buildColumn("text", "VARCHAR", ...notes)
/** A calendar day. */
export const date: Declare<Date> = (...notes) => buildColumn("date", "DATE", ...notes)
/** An instant in UTC, to the microsecond. */
export const timestamp: Declare<Date> = (...notes) =>
  buildColumn("timestamp", "TIMESTAMP WITH TIME ZONE", ...notes)

/** An exact number of up to `width` digits, `scale` of them after the decimal point. Its TypeScript value is text. */
export function decimal(
  width: number,
  scale: number,
  description?: string,
  notes?: ColumnNotes,
): Column<string> {
  return buildColumn("decimal", `DECIMAL(${width},${scale})`, description, notes)
}

/** Zero or more values of one kind, in order. */
export function list<T>(element: Column<T>, description?: string): Column<readonly T[]> {
  return { ...buildColumn<readonly T[]>("list", `${element.type}[]`, description), element }
}

/** A group of named values. */
export function struct<C extends Columns>(members: C, description?: string): Column<RowOf<C>> {
  const types = Object.entries(members).map(([name, member]) => `${quoteName(name)} ${member.type}`)
  return { ...buildColumn<RowOf<C>>("struct", `STRUCT(${types.join(", ")})`, description), members }
}

/** The same column with null allowed. Every other column implies a check that it is never null. */
export function nullable<T>(inner: Column<T>): Column<T | null> {
  const { value: _, ...otherFields } = inner
  return { ...otherFields, nullable: true }
}

/** Quotes an identifier for SQL; it may hold any character. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
