import { FreshetError } from "@freshet/core/engine"

const hints: Readonly<Record<string, string>> = {
  ENOSPC: "Free some space on the disk.",
  EDQUOT: "Free some space, or raise the quota of the disk.",
  EMFILE: "Raise the limit of open files: ulimit -n.",
  ENFILE: "Raise the limit of open files of the machine.",
  EROFS: "The disk is read-only.",
  EACCES: "Let the user of Freshet read and write this path.",
  EIO: "See that the disk works.",
}

/** Throws an error of the file system, such as a full disk, as a FreshetError, and any other failure unchanged. */
export function throwFileFault(cause: unknown): never {
  if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause
  const hint = hints[String(cause.code)]
  if (hint === undefined) throw cause
  throw new FreshetError("store", `The file system failed: ${cause.message}.`, { cause, hint })
}
