import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

export default defineConfig({
  root: "client",
  plugins: [react()],
  build: {
    outDir: "../.build/client",
    emptyOutDir: true,
    assetsDir: "files", // pages of assets have the addresses /assets/NAME
    target: "es2023",
    assetsInlineLimit: 0, // the content security policy forbids data: scripts and styles
    modulePreload: { polyfill: false },
  },
})
