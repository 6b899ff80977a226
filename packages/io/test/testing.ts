export { withMigrations } from "./ledger/migration-folders.ts"
export { findFreePort, waitForPort } from "./local-port.ts"
export type { S3Server, ServerPlace } from "./store/s3-server.ts"
export {
  createBucket,
  getS3Environment,
  isS3ServerInstalled,
  mirrorFolder,
  putObject,
  startS3Server,
} from "./store/s3-server.ts"
export type { KafkaBroker } from "./stream/kafka-broker.ts"
export { isKafkaInstalled, startKafkaBroker } from "./stream/kafka-broker.ts"
