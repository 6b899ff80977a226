import { type Column, decimal, int32, list, text, timestamp } from "@freshet/core"
import { expect, test } from "vitest"

import { isExactType } from "../../src/publish/exact-type.ts"

const cases: readonly (readonly [Column, string, boolean])[] = [
  [decimal(20, 4), "numeric(20, 4)", true],
  [decimal(20, 4), "numeric(22,6)", true],
  [decimal(20, 4), "numeric", true],
  [decimal(20, 4), "numeric(10, 2)", false],
  [decimal(20, 4), "numeric(20,5)", false],
  [decimal(20, 4), "numeric(18)", false],
  [decimal(20, 0), "numeric(20)", true],
  [list(decimal(9, 2)), "numeric(9, 2)[]", true],
  [list(decimal(9, 2)), "numeric(9, 1)[]", false],
  [timestamp(), "timestamp with time zone", true],
  [timestamp(), "timestamp (6) with time zone", true],
  [timestamp(), "timestamp(0) with time zone", false],
  [timestamp(), "timestamp(3) without time zone", false],
  [text(), "text", true],
  [text(), "varchar", true],
  [text(), "character varying", true],
  [text(), "varchar(3)", false],
  [text(), "character varying(3)", false],
  [int32(), "integer", true],
]

test.each(cases)("%o in %s: %o", (column, type, isExact) => {
  expect(isExactType(column, type)).toBe(isExact)
})
