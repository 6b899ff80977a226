import { join } from "node:path"

import type { S3StoreOptions } from "@freshet/io"

import type { Config } from "./config.ts"

/** The settings of object stores. */
export type ObjectStoreConfig = Pick<Config, "home" | "cacheMb" | "s3Region" | "s3PathStyle">

/** Derives the options of object stores; all of them share one folder of local copies. The signal ends their requests. */
export function getObjectStoreOptions(
  config: ObjectStoreConfig,
  signal?: AbortSignal,
): S3StoreOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    cacheFolder: join(config.home, "cache"),
    maxCacheBytes: config.cacheMb * 1_000_000,
    region: config.s3Region,
    usesPathStyle: config.s3PathStyle,
  }
}
