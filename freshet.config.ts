import { automation, definitions } from "@freshet/assets"
import { defineConfig } from "@freshet/services/config"

export default defineConfig({
  assets: definitions(),
  automation,
  demo: () => import("@freshet/demo"),
  migrations: "packages/assets/migrations",
})
