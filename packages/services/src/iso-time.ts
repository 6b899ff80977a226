/** Formats an instant as documents contain it. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString()
}
