/** Previous names of flags, accepted for one version. */
export const previousFlags: ReadonlySet<string> = new Set(["--late", "--refused"])

/** The previous name of the command `wipe`, accepted for one version. */
export const previousWipeName = "forget"
