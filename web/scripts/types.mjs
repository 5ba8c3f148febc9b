// Writes src/api/schema.d.ts from openapi.json; with --check only tells whether it is current.
import { readFile, writeFile } from "node:fs/promises";

import openapiTS, { astToString } from "openapi-typescript";

const SOURCE = new URL("../openapi.json", import.meta.url);
const TARGET = new URL("../src/api/schema.d.ts", import.meta.url);

const schema = JSON.parse(await readFile(SOURCE, "utf8"));
const types = `// Generated from openapi.json by \`npm run types\`.\n${astToString(await openapiTS(schema))}`;
if (process.argv.includes("--check")) {
  const kept = await readFile(TARGET, "utf8").catch(() => "");
  if (kept !== types) {
    console.error("src/api/schema.d.ts is not current: run `npm run types` in web/ and commit it.");
    process.exit(1);
  }
} else {
  await writeFile(TARGET, types);
}
