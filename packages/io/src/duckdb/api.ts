export { DuckDBDataChunk, DuckDBInstance, JSToDuckDBValueConverter } from "@duckdb/node-api"
