import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"

const events: { readonly kind: string; readonly path: string }[] = []
const paths = new Map<number, string>()
const { openSync, renameSync, fsync, fsyncSync } = fs
const { link, rename } = fs.promises

const addEvent = (kind: string, path: unknown) => void events.push({ kind, path: String(path) })

Object.assign(fs, {
  openSync: (...args: Parameters<typeof openSync>) => {
    const file = openSync(...args)
    paths.set(file, String(args[0]))
    return file
  },
  fsync: (file: number, done: fs.NoParamCallback) => {
    addEvent("sync", paths.get(file))
    fsync(file, done)
  },
  fsyncSync: (file: number) => {
    addEvent("sync", paths.get(file))
    fsyncSync(file)
  },
  renameSync: (from: string, to: string) => {
    addEvent("rename to", to)
    renameSync(from, to)
  },
})
Object.assign(fs.promises, {
  rename: (from: string, to: string) => {
    addEvent("rename to", to)
    return rename(from, to)
  },
  link: (from: string, to: string) => {
    addEvent("link", to)
    return link(from, to)
  },
})
syncBuiltinESMExports()

/** Lists the renames, links and syncs below a folder that work causes, in order. Import the code of the work after this module. */
export async function recordDiskEvents(
  folder: string,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  events.length = 0
  await work()
  return events
    .filter(({ path }) => path.startsWith(folder))
    .map(({ kind, path }) => `${kind} ${path.slice(folder.length + 1)}`)
}
