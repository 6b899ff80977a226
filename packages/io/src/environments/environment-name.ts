/** The parameter of a database URL that names the environment whose ledger is used. */
const urlParameter = "freshet_environment"

/** Returns the schema that an environment has instead of a schema of the default environment: `stocktwits__pr_42`. */
export function toEnvironmentSchema(schema: string, environment: string): string {
  return `${schema}__${environment.replaceAll("-", "_")}`
}

/** Returns the URL over which connections use the ledger of an environment; without one, that of the default environment. */
export function toEnvironmentUrl(url: string, environment: string | undefined): string {
  if (environment === undefined) return url
  return `${url}${url.includes("?") ? "&" : "?"}${urlParameter}=${environment}`
}

/** Returns the URL of the default environment in the same database. */
export function toDefaultUrl(url: string): string {
  return splitEnvironmentUrl(url).serverUrl
}

/** Splits the URL of an environment's database. */
export function splitEnvironmentUrl(url: string): {
  readonly serverUrl: string
  readonly environment: string | undefined
} {
  const [parameter, environment] =
    new RegExp(String.raw`[?&]${urlParameter}=([a-z0-9-]+)$`).exec(url) ?? []
  return { serverUrl: url.slice(0, url.length - (parameter?.length ?? 0)), environment }
}
