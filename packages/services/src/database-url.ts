const encodingHint =
  "Write special characters of the user and the password as in a URL: # as %23, @ as %40, / as %2F, % as %25"

/** Finds the reason why a text is not the URL of a PostgreSQL database; the reason shows nothing of its secrets. */
export function findDatabaseUrlFault(url: string): string | undefined {
  if (!/^postgres(?:ql)?:\/\/\S+$/.test(url)) return "must be a postgres:// URL"
  if (url.includes("#")) return `contains a # that is not encoded. ${encodingHint}`
  const port =
    /@[^/?@]*:(\d+)(?:[/?]|$)/.exec(url)?.[1] ?? /^\w+:\/\/[^/?@]*:(\d+)(?:[/?]|$)/.exec(url)?.[1]
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return `has the port ${port}, but ports are 1 to 65535`
  return canParse(url) ? undefined : `cannot be read as a URL. ${encodingHint}`
}

function canParse(url: string): boolean {
  try {
    const { username, password, pathname } = new URL(url)
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
