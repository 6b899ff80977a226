import { automation, definitions } from "@freshet/assets"
import { defineConfig } from "@freshet/services/config"

export default defineConfig({
  assets: definitions(),
  automation,
  migrations: "packages/assets/migrations",
})
