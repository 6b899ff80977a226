import { FreshetError } from "@freshet/core/engine"

/** A place in an object store: the keys of a bucket that begin with a prefix. */
export interface S3Location {
  readonly bucket: string
  /** Empty, or text that ends with a slash. */
  readonly prefix: string
}

const pattern = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/

/** Parses `s3://bucket/prefix`. Throws a FreshetError for any other form. */
export function parseS3Url(url: string): S3Location {
  const [, bucket, prefix = ""] = pattern.exec(url) ?? []
  if (bucket === undefined || prefix.split("/").some((segment) => segment === ".."))
    throw new FreshetError("config", `"${url}" is not a URL like s3://bucket/prefix.`)
  const trimmedPrefix = prefix.replaceAll(/^\/+|\/+$/g, "")
  return { bucket, prefix: trimmedPrefix === "" ? "" : `${trimmedPrefix}/` }
}

/** Formats the URL of a key relative to a location; without a key, of the location. */
export function formatS3Url({ bucket, prefix }: S3Location, key?: string): string {
  const path = `${prefix}${key ?? ""}`.replace(/\/$/, "")
  return path === "" ? `s3://${bucket}` : `s3://${bucket}/${path}`
}
