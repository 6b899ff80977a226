import type { AssetListDocument, StatusDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"

/** One set of published tables. */
export interface PublishedSet {
  readonly set: string
  readonly partition: string
  readonly publishedAt: string
  readonly assets: readonly string[]
}

/** Lists the publication sets with the assets of their tables. */
export function usePublishedSets({ publications }: StatusDocument): readonly PublishedSet[] {
  const { data: list } = useDocument<AssetListDocument>("/api/assets")
  return publications.map(({ set, partition, published_at: publishedAt }) => ({
    set,
    partition,
    publishedAt,
    assets: (list?.assets ?? []).flatMap(({ name, published }) =>
      published === set ? [name] : [],
    ),
  }))
}
