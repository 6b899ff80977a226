import stringWidth from "string-width"
import { expect, test } from "vitest"

import { textWidth } from "../../src/render/text-width.ts"

test.each([
  "user_recs",
  "● up to date → ≈ 50 k rows …",
  "株式会社",
  "한국어",
  "ｱｲｳ ﾊﾞ",
  "e\u0301a\u0308",
  "👩‍👩‍👧 family",
  "👍🏽 thumbs",
  "🇯🇵 flag",
  "❤️ heart ☎️",
  "✅ done ✓",
  "zero\u200Bwidth\u00ADhyphen",
  "tab\tand\u0007bell",
  "\u001B[31mred\u001B[39m",
  "",
])("%j takes as many columns as the Unicode tables say", (text) => {
  expect(textWidth(text)).toBe(stringWidth(text))
})
