import { definitions } from "@freshet/assets"
import { defineConfig } from "@freshet/materializer/config"

export default defineConfig({ assets: definitions() })
