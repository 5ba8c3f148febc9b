// Every check of the web workspace, side by side; prints what failed and ends with 1 then.
import { spawn } from "node:child_process";

const CHECKS = ["types:check", "typecheck", "lint", "format:check", "test"];

const run = (name) =>
  new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", name], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (part) => (said += part));
    child.stderr.on("data", (part) => (said += part));
    child.on("close", (code) => resolve({ name, code, said }));
  });

const done = await Promise.all(CHECKS.map(run));
for (const { name, code, said } of done) {
  console.log(`${code === 0 ? "ok    " : "failed"} ${name}`);
  if (code !== 0) console.log(said);
}
process.exit(done.every(({ code }) => code === 0) ? 0 : 1);
