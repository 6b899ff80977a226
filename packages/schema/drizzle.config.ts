import { defineConfig } from "drizzle-kit"

export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/stocktwits.ts", "./src/ledger.ts"],
  out: "./migrations",
})
