const libpqModes: readonly (string | null)[] = [
  "disable",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
]

/** Lets `sslmode` in the URL of a database mean what it means to psql: `require` encrypts, `verify-ca` and `verify-full` also verify the server's certificate. */
export function withLibpqTls(url: string): string {
  const [, query = ""] = /\?([^#]*)$/.exec(url) ?? []
  const parameters = new URLSearchParams(query)
  if (!libpqModes.includes(parameters.get("sslmode"))) return url
  return parameters.has("uselibpqcompat") ? url : `${url}&uselibpqcompat=true`
}

const untrustedCodes: readonly string[] = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]

/** Suggests how to make an encrypted connection after it failed; undefined for other failures. */
export function findTlsHint(cause: unknown): string | undefined {
  const { code = "", message = "" } = cause as { readonly code?: string; readonly message?: string } // as errors have
  if (untrustedCodes.includes(code))
    return "Add sslrootcert=FILE with the certificate of the server's authority to DATABASE_URL, or set sslmode=require, which does not verify the server."
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return "Use the name in the server's certificate as the host of DATABASE_URL, or set sslmode=verify-ca."
  if (message.includes("does not support SSL"))
    return "Remove sslmode from DATABASE_URL, or let the server accept TLS."
  return undefined
}
