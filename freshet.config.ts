import { automation, definitions, pageQueries } from "@freshet/assets"
import { defineConfig } from "@freshet/services/config"

export default defineConfig({
  assets: definitions(),
  automation,
  pageQueries,
  demo: () => import("@freshet/demo"),
  migrations: "packages/assets/migrations",
})
