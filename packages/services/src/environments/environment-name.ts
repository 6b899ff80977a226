/** The longest name, with which the names of schemas stay below the limit of PostgreSQL. */
const maxNameLength = 30

/** Finds the reason why a text cannot name an environment. */
export function findEnvironmentNameFault(name: string): string | undefined {
  if (name === "default") return "names the environment that always exists"
  if (name.length > maxNameLength) return `has more than ${maxNameLength} characters`
  if (/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) return undefined
  return "must consist of lower-case letters, digits and single hyphens, and begin with a letter"
}
