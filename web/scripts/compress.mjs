// Leaves each file of dist compressed beside the plain one, so that the API only has to choose; and the list of all,
// so that the page can keep them for when there is no network.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const TEXTS = /\.(js|css|html|svg|json)$/;

const assets = (await readdir(new URL("assets/", DIST))).filter((name) => !/\.(br|gz)$/.test(name));
await writeFile(new URL("files.json", DIST), JSON.stringify(assets.map((name) => `/assets/${name}`).sort()));

const files = (await readdir(DIST, { recursive: true })).filter((name) => TEXTS.test(name));
await Promise.all(
  files.map(async (name) => {
    const file = new URL(name, DIST);
    const plain = await readFile(file);
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    await writeFile(new URL(`${name}.br`, DIST), await promisify(brotliCompress)(plain, quality));
    await writeFile(new URL(`${name}.gz`, DIST), await promisify(gzip)(plain, { level: 9 }));
  }),
);
