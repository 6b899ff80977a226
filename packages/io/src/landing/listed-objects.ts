import type { ListedFile } from "./hashed-file.ts"
import type { ListFolder } from "./landing-zone.ts"
import type { LandedEntry } from "./list-folder.ts"

/** Arranges objects by the folders that the slashes of their paths stand for. Objects without a name, such as markers of folders, are left out. */
export function createObjectListing(objects: Iterable<ListedFile>): ListFolder {
  const folders = new Map<string, Map<string, LandedEntry>>()
  for (const file of objects) addObject(folders, file)
  return (folder) => {
    const entries = [...(folders.get(folder)?.values() ?? [])]
    return { kind: "listed", entries: entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
  }
}

function addObject(folders: Map<string, Map<string, LandedEntry>>, file: ListedFile): void {
  const names = file.path.split("/")
  if (names.includes("")) return
  for (const [depth, name] of names.entries()) {
    const folder = names.slice(0, depth).join("/")
    const path = names.slice(0, depth + 1).join("/")
    const entries = folders.get(folder) ?? new Map<string, LandedEntry>()
    folders.set(folder, entries)
    if (depth === names.length - 1) entries.set(`${name} file`, { kind: "file", name, path, file })
    else entries.set(`${name} folder`, { kind: "folder", name, path })
  }
}
