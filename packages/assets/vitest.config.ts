import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["../core/test/property-seed.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
