export type { FreshetConfig } from "@freshet/services/config"
export { defineConfig } from "@freshet/services/config"
