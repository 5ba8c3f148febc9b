import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const API = process.env.BOOKRUNNER_API_URL ?? "http://127.0.0.1:8400";
// While developing, the pages come from here and everything else from the API.
const PAGES = "^/(?!$|\\?|app($|/)|assets/|src/|node_modules/|@|index\\.html)";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    manifest: true,
    // Many parts of a few hundred bytes compress badly: what most pages share comes together.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "shared",
              test: /\/src\/(lib|api)\/|@tabler\/icons-react|@mantine\/(core|hooks)/,
              minShareCount: 7,
            },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
  },
  server: {
    port: Number(process.env.BOOKRUNNER_WEB_PORT ?? 5173),
    strictPort: true,
    proxy: { [PAGES]: { target: API, changeOrigin: true } },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
    setupFiles: ["src/lib/testing/setup.ts"],
    restoreMocks: true,
  },
});
