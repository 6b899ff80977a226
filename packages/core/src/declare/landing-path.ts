/** A path in the landing zone: a folder that is always the same, and the names below it, one a level. */
export interface LandingPath {
  readonly folder: string
  readonly names: readonly string[]
}

/** Splits the path of a source before the first level that has a placeholder or a `*`; the last level is the file's. */
export function splitLandingPath(path: string): LandingPath {
  const names = path.split("/")
  const firstVariable = names.findIndex((name) => /[{*]/.test(name))
  const start = firstVariable < 0 ? names.length - 1 : firstVariable
  return { folder: names.slice(0, start).join("/"), names: names.slice(start) }
}

/** Lists the placeholders of a path, each once: `yyyy` of `{yyyy}`. */
export function listPlaceholders(path: string): readonly string[] {
  return [...new Set([...path.matchAll(/\{(\w*)\}/g)].map(([, name = ""]) => name))]
}
