/** The file format of a source. */
export type SourceFormat =
  /** One JSON object per line. Columns are matched by name; a missing or null value is null. A line that repeats a name is malformed. */
  | JsonLinesFormat
  /**
   * A header line, then one record per row, quoted as in RFC 4180. Columns are matched by name. An empty value is null
   * where the column is nullable; in a text column, an empty value in quotes is an empty text. Lists and structs are
   * JSON. A record has at most 64 MB and a million lines.
   */
  | CsvFormat

/** JSON lines with the deviations that a source allows. */
export interface JsonLinesFormat {
  readonly kind: "json_lines"
  /** Column → its key in the objects, where the two differ: `{ user_id: "userId" }`. */
  readonly keys?: Readonly<Record<string, string>>
}

/** CSV with the deviations that a source allows. */
export interface CsvFormat {
  readonly kind: "csv"
  /** Column → its name in the header, where the two differ: `{ user_id: "userId" }`. */
  readonly header?: Readonly<Record<string, string>>
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
