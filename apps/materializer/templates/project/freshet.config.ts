import { defineConfig } from "freshet/config"

export default defineConfig({
  assets: [import("./assets/orders.ts"), import("./assets/sales.ts")],
})
