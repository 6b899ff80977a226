import type { S3 } from "@aws-sdk/client-s3"

const connectTimeoutMs = 10_000
const defaultIdleTimeoutMs = 60_000
const defaultAttempts = 5

/** Settings of an object store that its SDK does not read from the environment itself. */
export interface S3Settings {
  readonly region: string
  /** True: the bucket is part of the path instead of the host name, as most servers other than Amazon's need. */
  readonly usesPathStyle: boolean
  /** The time without any byte after which a request fails, and is repeated; one minute unless given. */
  readonly idleTimeoutMs?: number
  /** The number of times that a request is sent before it fails; 5 unless given. */
  readonly maxAttempts?: number
  /** Ends all requests. */
  readonly signal?: AbortSignal
}

/** Returns a function that creates the client on its first call. */
export function memoizeS3Client(settings: S3Settings): () => Promise<S3> {
  let client: Promise<S3> | undefined
  return () => (client ??= createS3Client(settings))
}

/**
 * Creates a client. Credentials and endpoint come from the SDK's own sources, such as AWS_ACCESS_KEY_ID and
 * AWS_ENDPOINT_URL_S3. Failed requests are repeated with increasing delays.
 */
async function createS3Client({
  region,
  usesPathStyle,
  idleTimeoutMs = defaultIdleTimeoutMs,
  maxAttempts = defaultAttempts,
  signal,
}: S3Settings): Promise<S3> {
  const { S3 } = await import("@aws-sdk/client-s3")
  const client = new S3({
    forcePathStyle: usesPathStyle,
    maxAttempts,
    retryMode: "standard",
    region,
    // Servers other than Amazon's refuse the checksums that the SDK adds by default.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: connectTimeoutMs, socketTimeout: idleTimeoutMs },
  })
  if (signal !== undefined) abortRequests(client, signal)
  return client
}

/** Aborts the requests of a client at a signal, except those that remove an unfinished upload. */
function abortRequests({ config: { requestHandler } }: S3, signal: AbortSignal): void {
  const handle = requestHandler.handle.bind(requestHandler)
  requestHandler.handle = (request, options) =>
    request.method === "DELETE" && "uploadId" in request.query
      ? handle(request, options)
      : handle(request, { ...options, abortSignal: signal })
}
