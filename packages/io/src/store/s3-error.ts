import { FreshetError } from "@freshet/core/engine"

import { missingFile } from "./store-key.ts"

/** Returns the name of an error of the object store or the file system: `NoSuchKey`, `AccessDenied`, `ENOENT`. */
function getErrorName(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name
}

function getStatusCode(cause: unknown): number | undefined {
  const { $metadata } = cause as { readonly $metadata?: { readonly httpStatusCode?: number } } // errors of the SDK have it
  return $metadata?.httpStatusCode
}

/** Tests if the object store answered with an error. */
export function isAnswer(cause: unknown): boolean {
  return getStatusCode(cause) !== undefined
}

/** Tests if an object does not exist. A missing bucket is another error. */
export function isMissingObject(cause: unknown): boolean {
  const name = getErrorName(cause)
  return name === "NoSuchKey" || name === "NotFound"
}

/** Tests if the bucket does not exist. */
export function isMissingBucket(cause: unknown): boolean {
  return getErrorName(cause) === "NoSuchBucket"
}

/** Tests if a conditional request found the object changed or present. */
export function isFailedCondition(cause: unknown): boolean {
  return getStatusCode(cause) === 412 || getStatusCode(cause) === 409
}

const hints: Readonly<Record<string, string>> = {
  NoSuchBucket: "Create the bucket, or correct the URL.",
  AccessDenied: "The credentials may not do this in the bucket.",
  InvalidAccessKeyId: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  SignatureDoesNotMatch: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  CredentialsProviderError: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
  QuotaExceeded: "Free some space in the bucket, or raise its quota.",
  ENOSPC: "Free some space on the disk of the state folder.",
  ECONNREFUSED: "No server answers at the endpoint; AWS_ENDPOINT_URL_S3 sets another one.",
  ENOTFOUND: "No server has the name of the endpoint; AWS_ENDPOINT_URL_S3 sets another one.",
}

/** Throws the error of a failed or aborted request: one sentence with the name of its cause, and no request or credential. */
export function throwS3Error(message: string): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof FreshetError) throw cause
    const name = getErrorName(cause)
    if (name === "AbortError")
      throw new FreshetError("interrupted", `Interrupted: ${message}`, { cause })
    throw new FreshetError("store", name === undefined ? message : `${message} (${name})`, {
      cause,
      hint: name === undefined ? undefined : hints[name],
    })
  }
}

/** Throws the error of reading an object, which may be missing. */
export function throwS3ReadError(key: string): (cause: unknown) => never {
  return (cause) => {
    if (isMissingObject(cause)) throw missingFile(key)
    return throwS3Error(`the store cannot read ${key}`)(cause)
  }
}
