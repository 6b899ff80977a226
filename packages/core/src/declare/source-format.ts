/** The file format of a source. */
export type SourceFormat =
  /** One JSON object per line. Columns are matched by name; a missing or null value is null. A line that repeats a name is malformed. */
  | JsonLinesFormat
  /**
   * A header line, then one record per row, quoted as in RFC 4180. Columns are matched by name, or by position in a file
   * without a header line (`noHeader`). An empty value is null where the column is nullable; in a text column, an empty value in quotes is an empty text. Lists and structs are
   * JSON. A record has at most 64 MB and a million lines.
   */
  | CsvFormat

/** JSON lines with the deviations that a source allows. */
export interface JsonLinesFormat {
  readonly kind: "json_lines"
  /**
   * Column → its key in the objects, where the two differ: `{ user_id: "userId" }`. A path leads to a nested value, by
   * keys of objects and positions in lists from 0: `{ parent_id: ["conversation", "parent_id"], link: ["links", 0, "url"] }`.
   * The value is null if a part of the path is missing or null; another kind of value on the way is `wrong_type`.
   */
  readonly keys?: Readonly<Record<string, JsonKey>>
}

/** The key of a value in an object, or the path to a nested one. */
export type JsonKey = string | readonly [string, ...(string | number)[]]

/** Tests if a key begins with a name and continues with names and positions from 0, which a project without type checks may not. */
export function isJsonPath(key: JsonKey): boolean {
  const parts: readonly (string | number)[] = typeof key === "string" ? [key] : key
  const isPart = (part: string | number) =>
    typeof part === "string" || (Number.isInteger(part) && part >= 0)
  return typeof parts[0] === "string" && parts.every(isPart)
}

/** CSV with the deviations that a source allows. */
export interface CsvFormat {
  readonly kind: "csv"
  /** Column → its name in the header, where the two differ: `{ user_id: "userId" }`. */
  readonly header?: Readonly<Record<string, string>>
  /** The records of a file without a header line; every line is a record. */
  readonly noHeader?: {
    /** The number of values in a record. */
    readonly width: number
    /** Column → the position of its value, from 0. Values at other positions are ignored. */
    readonly positions: Readonly<Record<string, number>>
  }
  /** The character between values: a comma unless declared. */
  readonly delimiter?: string
  /** The character around values that contain a delimiter, a newline or itself (doubled): `"` unless declared. */
  readonly quote?: string
  /** The text of an unquoted null value, besides the empty one: `\\N`. */
  readonly null?: string
  /** Rule for a record with fewer values than the header: `quarantine` it (the default), or read the missing values as empty ones. */
  readonly shortRecords?: "quarantine" | "empty"
  /** Rule for a blank line in a file of one column: `ignore` it (the default), or read it as a null value. Files of several columns have no such lines. */
  readonly blankLines?: "ignore" | "null"
}

/**
 * Lines of several kinds in one file. The text in `column` is the kind of a line; a line of an unknown kind is
 * quarantined with `reason`. `kinds` lists the columns that lines of each kind have: `"room_id"` is required,
 * `"mention_ids?"` is optional. A column that is listed for some kinds is null in lines of the other kinds, even if
 * they contain a value; a column that is listed for no kind belongs to all of them.
 */
export interface LineKinds<C extends string = string> {
  readonly column: C
  readonly reason: string
  readonly kinds: Readonly<Record<string, readonly (C | `${C}?`)[]>>
}
