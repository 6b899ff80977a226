import type { Client } from "pg"

/** A code asset: its recorded names, its code version and the hash of its function's text. */
export interface DeclaredCode {
  readonly asset: string
  readonly names: readonly string[]
  readonly codeVersion: string
  readonly codeText: string
}

/** Finds the assets whose newest materialization of some partition has the declared code version and another text. */
export async function findChangedCode(
  client: Client,
  declared: readonly DeclaredCode[],
): Promise<readonly string[]> {
  if (declared.length === 0) return []
  const { rows } = await client.query<{ asset: string }>(
    `select d.asset
     from jsonb_to_recordset($1::jsonb) as d (asset text, names text[], version text, code_text text)
     where exists (
       select from freshet.materializations as m
       where m.asset = any(d.names) and m.code_version = d.version and m.code_text <> d.code_text
         and not exists (
           select from freshet.materializations as newer
           where newer.asset = m.asset and newer.partition = m.partition and newer.seq > m.seq
         )
     )`,
    [
      JSON.stringify(
        declared.map(({ asset, names, codeVersion, codeText }) => ({
          asset,
          names,
          version: codeVersion,
          code_text: codeText,
        })),
      ),
    ],
  )
  const changed = new Set(rows.map(({ asset }) => asset))
  return declared.flatMap(({ asset }) => (changed.has(asset) ? [asset] : []))
}
