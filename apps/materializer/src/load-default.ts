import { existsSync, readFileSync } from "node:fs"
import { SourceMap, type SourceMapPayload } from "node:module"
import { dirname, relative, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

import { FreshetError } from "@freshet/core/engine"

/** Loads the default export of a bundled module, and the modules that it imports later. An exception is reported with the source file and line of the project that caused it. */
export async function loadDefault<T>(
  path: string,
  projectFolder: string,
  complete: (value: unknown) => Promise<T>,
): Promise<T> {
  Error.stackTraceLimit = 100 // the cause may be deep inside Freshet's functions
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default: unknown } // or it has none
    return await complete(module.default)
  } catch (cause) {
    throw loadError(cause, projectFolder)
  }
}

function loadError(cause: unknown, projectFolder: string): FreshetError {
  const { message, stack = "" } = cause instanceof Error ? cause : new Error(String(cause))
  const position = readFrames(stack).map(sourcePosition).find(isOfProject)
  const place = position
    ? `${relative(projectFolder, position.file)}:${position.line}:${position.column}`
    : "freshet.config.ts"
  return new FreshetError("config", `${place}: ${message}`, { cause })
}

interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

function readFrames(stack: string): readonly Position[] {
  const frames = stack.matchAll(/^ +at .*?((?:file:\/)?\/[^()]+):(\d+):(\d+)\)?$/gm)
  return [...frames].map(([, place = "", line, column]) => ({
    file: place.startsWith("file:") ? fileURLToPath(place) : place,
    line: Number(line),
    column: Number(column),
  }))
}

/** The position in the source, if the file has a source map. */
function sourcePosition(frame: Position): Position {
  const map = `${frame.file}.map`
  if (!existsSync(map)) return frame
  const payload = JSON.parse(readFileSync(map, "utf8")) as SourceMapPayload // the bundler wrote it
  const entry = new SourceMap(payload).findEntry(frame.line - 1, frame.column - 1)
  if (!("originalSource" in entry)) return frame
  return {
    file: resolve(dirname(frame.file), entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  }
}

/** Excludes Freshet itself: a declaration that calls it wrongly is at fault. */
function isOfProject({ file }: Position): boolean {
  return !/[/\\](?:node_modules|packages[/\\](?:core|services)[/\\]src|apps[/\\]materializer)[/\\]/.test(
    file,
  )
}
