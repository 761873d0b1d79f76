// Starts the demo on a free port of this machine and runs every check in checks/ against it in a real browser.
// `node run.mjs [part of a check's name]`; RECOUP names another binary, CHROMIUM another browser, SCREENSHOTS a folder for
// pictures of every page.

import { readdir } from "node:fs/promises";
import { startBrowser } from "./harness/browser.mjs";
import { runCheck } from "./harness/check.mjs";
import { startDemo } from "./harness/demo.mjs";

const wanted = process.argv[2] ?? "";
const target = new URL("../../target/", import.meta.url).pathname;
const binary = process.env.RECOUP ?? `${target}release/recoup`;
const screenshots = process.env.SCREENSHOTS;

const folder = new URL("checks/", import.meta.url);
const checks = [];
for (const file of (await readdir(folder)).filter((name) => name.endsWith(".mjs")).sort()) {
  const { default: found } = await import(new URL(file, folder));
  for (const check of found) {
    const name = `${file.replace(/\.mjs$/, "")}: ${check.name}`;
    if (name.includes(wanted)) checks.push({ ...check, name });
  }
}

let passed = 0;
let failed = 0;
const closing = [];
const closeAll = async () => {
  // What cannot be closed must not keep the next from being closed.
  while (closing.length) await closing.pop()().catch(() => {});
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => closeAll().finally(() => process.exit(130)));
}

try {
  const demo = await startDemo(binary);
  closing.push(demo.stop);
  const browser = await startBrowser();
  closing.push(() => browser.close());
  // Two at a time, as most of a check is waiting for the other side. No check may depend on what another one did.
  const lane = async () => {
    for (let check = checks.shift(); check; check = checks.shift()) {
      const begun = performance.now();
      const problems = await runCheck(check, { browser, binary, demo, screenshots, closing });
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      if (problems.length === 0) {
        passed += 1;
        console.log(`ok ${check.name} (${seconds} s)`);
      } else {
        failed += 1;
        console.log(`not ok ${check.name} (${seconds} s)`);
        for (const problem of problems) console.log(problem.replace(/^/gm, "    "));
      }
    }
  };
  if (checks.length === 0) throw new Error(`No check has "${wanted}" in its name.`);
  await Promise.all([lane(), lane()]);
} catch (cause) {
  failed += 1;
  console.log(`not ok ${cause.message}`);
} finally {
  await closeAll();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
