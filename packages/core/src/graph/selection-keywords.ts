/** The words of the selection grammar, which cannot be names of assets. */
export const selectionKeywords: ReadonlySet<string> = new Set(["and", "or", "not"])
