import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/heavy/**/*.test.ts"],
    maxWorkers: 2,
  },
})
