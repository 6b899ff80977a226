/** Replaces NUL and unpaired surrogates, which PostgreSQL cannot store. */
export function toStorableText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").replaceAll(/\p{Surrogate}/gu, "\uFFFD")
}
