/** Converts the notation of SQL to RFC 3339: `2026-01-05 06:00:00+00` → `2026-01-05T06:00:00Z`. Times without a zone have no offset; infinite ones and those before the year 1 stay as they are. */
export function formatTime(text: string): string {
  return text
    .replace(/^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00)?)$/, "$1T$2")
    .replace(/^(\d.*T.*)\+00$/, "$1Z")
}
