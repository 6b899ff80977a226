import type { PageFlags } from "./serve-page.ts"

/** The page of a started project, and the files that land beside it. */
export interface StartFlags extends PageFlags {
  readonly live: boolean
  readonly liveSeconds: number
}
