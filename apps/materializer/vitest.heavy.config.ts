import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/heavy/**/*.test.ts"],
    globalSetup: ["test/system/global-setup.ts"],
    maxWorkers: 1,
  },
})
