import { defineConfig } from "@playwright/test";

const BROWSER = process.env.BOOKRUNNER_CHROMIUM ?? "/usr/bin/chromium";

const ALONE = /@alone/;

/** BOOKRUNNER_WEB_URL is a running product; `python -m deploy.web_tests` starts one and sets it. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  workers: Number(process.env.BOOKRUNNER_WEB_WORKERS ?? 2),
  forbidOnly: true,
  // A test that passes only then is told as flaky.
  retries: 1,
  reporter: [["list"]],
  // Those that kill parts or measure have the product to themselves: deploy/web_tests.py runs them after the others.
  projects: [
    { name: "together", grepInvert: ALONE },
    { name: "alone", grep: ALONE, fullyParallel: false, workers: 1 },
  ],
  use: {
    baseURL: process.env.BOOKRUNNER_WEB_URL ?? "http://127.0.0.1:8400",
    viewport: { width: 1440, height: 900 },
    trace: "off",
    launchOptions: {
      executablePath: BROWSER,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
