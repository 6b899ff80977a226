import { type LandingZone, openFolderLanding, openS3Landing } from "@freshet/io"

import { type Config, isObjectStoreUrl } from "./config.ts"
import { getObjectStoreOptions, type ObjectStoreConfig } from "./object-store-options.ts"

/** Opens the landing zone, a folder or an object store, whose requests the signal ends. */
export function openLandingZone(
  config: ObjectStoreConfig & Pick<Config, "landing">,
  signal?: AbortSignal,
): LandingZone {
  return isObjectStoreUrl(config.landing)
    ? openS3Landing(config.landing, getObjectStoreOptions(config, signal))
    : openFolderLanding(config.landing)
}
