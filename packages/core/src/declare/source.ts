import type { Columns } from "./column.ts"
import type { SourceAsset } from "./declaration.ts"
import type { Partitions } from "./partition.ts"
import type { LineKinds } from "./source-format.ts"

/** Declares files that another system lands, or that Freshet lands from a stream. Runs read them and never write to the landing zone. */
export function sourceAsset<const N extends string, C extends Columns, P extends Partitions>(
  declared: Pick<SourceAsset<N, C, P>, "name" | "group" | "description" | "columns"> &
    Pick<SourceAsset<N, C, P>, "partitions" | "format" | "path"> &
    Partial<Omit<SourceAsset<N, C, P>, "lineKinds">> & {
      readonly lineKinds?: LineKinds<keyof C & string>
    },
): SourceAsset<N, C, P> {
  return {
    owners: [],
    tags: [],
    whenMissing: "wait",
    whenRemoved: "keep",
    stream: undefined,
    lineKinds: undefined,
    reject: [],
    duplicate: undefined,
    tolerance: 0.01,
    previousNames: [],
    ...declared,
    kind: "source",
  }
}
