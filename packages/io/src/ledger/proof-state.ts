import type { ComputationProof, FreshnessProof, SourceProof } from "@freshet/core/engine"

/** A proof without its columns, which follow for each computation and then for each source. */
export interface ProofHeader {
  readonly computations: readonly (readonly [
    name: string,
    definition: string,
    from: number,
    length: number,
  ])[]
  readonly sources: readonly (readonly [
    name: string,
    definition: string,
    from: number,
    length: number,
    bytes: number,
  ])[]
  readonly publishedVersions: readonly (readonly [
    asset: string,
    versions: readonly (readonly [partition: number, dataVersion: string])[],
  ])[]
}

/** Encodes a proof as a header and columns. */
export function encodeProof({ computations, sources, publishedVersions }: FreshnessProof) {
  const texts = [...sources].map(([, { landed }]) => Buffer.from(landed.join("\n")))
  const header: ProofHeader = {
    computations: [...computations].map(([name, { definition, from, length }]) => [
      name,
      definition,
      from,
      length,
    ]),
    sources: [...sources].map(([name, { definition, from, length }], at) => [
      name,
      definition,
      from,
      length,
      texts[at]?.length ?? 0,
    ]),
    publishedVersions: [...publishedVersions].map(([asset, versions]) => [asset, [...versions]]),
  }
  const freshBits = [...computations.values()].map(
    ({ fresh: { buffer, byteOffset, byteLength } }) =>
      new Uint8Array(buffer, byteOffset, byteLength),
  )
  return { header, parts: [...freshBits, ...texts] }
}

/** Decodes a proof whose columns begin at byte `start`; bitsets are views of the bytes. */
export function decodeProof(
  header: ProofHeader,
  bytes: ArrayBuffer,
  start: number,
): FreshnessProof {
  let at = start
  const computations = new Map<string, ComputationProof>()
  for (const [name, definition, from, length] of header.computations) {
    const fresh = new Int32Array(bytes, at, (length + 31) >> 5)
    at += fresh.byteLength
    computations.set(name, { definition, from, length, fresh })
  }
  const sources = new Map<string, SourceProof>()
  for (const [name, definition, from, length, size] of header.sources) {
    const text = Buffer.from(bytes, at, size).toString()
    at += size
    sources.set(name, { definition, from, length, landed: length === 0 ? [] : text.split("\n") })
  }
  const publishedVersions = new Map(
    header.publishedVersions.map(([asset, versions]) => [asset, new Map(versions)]),
  )
  return { computations, sources, publishedVersions }
}
