import { isAbsolute, relative } from "node:path"

/** Creates a function that shortens paths inside the working directory; other paths and URLs stay as they are. */
export function createPathFormatter({ cwd }: { readonly cwd: string }) {
  return (location: string): string => {
    if (!isAbsolute(location)) return location
    const relativePath = relative(cwd, location)
    return relativePath.startsWith("..") ? location : relativePath
  }
}
