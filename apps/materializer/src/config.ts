export type { FreshetConfig, ProfileSettings } from "@freshet/services/config"
export { defineConfig } from "@freshet/services/config"
