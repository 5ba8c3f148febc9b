// What a browser fetches before the sign-in page and the list of books can be used: compressed, from the build's own
// list of what needs what. Ends with 1 above the budget.
import { readFile, stat } from "node:fs/promises";

const BUDGET = 300_000;
const DIST = new URL("../dist/", import.meta.url);
const ENTRY = "index.html";
const PAGES = {
  "sign-in": ["src/app/signin/SignInPage.tsx"],
  "list of books": ["src/app/Workspace.tsx", "src/app/shell/AroundLayout.tsx", "src/app/books/BooksPage.tsx"],
};
// Of a font's files a browser fetches those whose letters the page has.
const LETTERS = /inter-latin-wght-normal/;

const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", DIST), "utf8"));

function filesOf(name, found = new Set()) {
  const chunk = manifest[name];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const file of chunk.css ?? []) found.add(file);
  for (const file of chunk.assets ?? []) if (LETTERS.test(file)) found.add(file);
  for (const other of chunk.imports ?? []) filesOf(other, found);
  return found;
}

async function sizeOf(file) {
  const compressed = await stat(new URL(`${file}.br`, DIST)).catch(() => null);
  return (compressed ?? (await stat(new URL(file, DIST)))).size;
}

let isOver = false;
for (const [page, names] of Object.entries(PAGES)) {
  const missing = names.filter((name) => !manifest[name]);
  if (missing.length) throw new Error(`No longer a part of its own: ${missing.join(", ")}`);
  const files = new Set([ENTRY, ...[ENTRY, ...names].flatMap((name) => [...filesOf(name)])]);
  const sizes = await Promise.all([...files].map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  isOver ||= total > BUDGET;
  console.log(
    `${page}: ${Math.round(total / 1000)} kB compressed in ${files.size} files (most ${BUDGET / 1000})`,
  );
}
process.exit(isOver ? 1 : 0);
