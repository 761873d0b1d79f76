// What a screen reader hears of a page, kept as text in snapshots/. ACCEPT_SNAPSHOTS=1 writes what is heard now.

import { mkdir, readFile, writeFile } from "node:fs/promises";

const FOLDER = new URL("../snapshots/", import.meta.url);
/** Rows of a table, and items of a list, that are kept: what follows sounds alike. */
const KEPT = 2;

/** Compares the page with what was accepted before. */
export async function heard(page, name) {
  const now = `${steady(await page.locator("body").ariaSnapshot())}\n`;
  const file = new URL(`${name}.txt`, FOLDER);
  if (process.env.ACCEPT_SNAPSHOTS) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, now);
    return;
  }
  const before = await readFile(file, "utf8").catch(() => "");
  if (before === now) return;
  const accept = `ACCEPT_SNAPSHOTS=1 node run.mjs heard`;
  throw new Error(`${page.url()} does not sound as in snapshots/${name}.txt:\n${difference(before, now)}\nIf that is meant, accept it in tests/browser: ${accept}`);
}

/** Without what differs from one run to the next: numbers, days, moments, hashes; and without what only repeats. */
function steady(text) {
  const lines = text
    .replaceAll(/\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December|[A-Z][a-z]{2}) \d{4}\b/g, "DAY")
    .replaceAll(/\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g, "DAY")
    .replaceAll(/\d{1,2}:\d{2} [ap]\.m\. [A-Z]{3,4}/g, "TIME")
    .replaceAll(/secret=[A-Z2-7]+/g, "secret=KEY")
    .replaceAll(/\b[0-9a-f]{12,}\b/g, "HASH")
    .replaceAll(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/g, "HASH")
    .replaceAll(/\b[A-Z]{3}-\d{6}-[A-Z0-9]\b/g, "NUMBER")
    .replaceAll(/[A-Z2-7]{4}( [A-Z2-7]{4}){4,}/g, "KEY")
    .replaceAll(/\d[\d,.]*\d|\d/g, "#")
    .replaceAll(/\bdays? left\b/g, "days left")
    .split("\n");
  const kept = [];
  // Depth of what is left out, and how many rows or items each depth has had.
  let without = Infinity;
  const counts = new Map();
  for (const line of lines) {
    const depth = line.search(/\S/);
    if (depth > without) continue;
    without = Infinity;
    for (const deeper of [...counts.keys()]) if (deeper > depth) counts.delete(deeper);
    if (/^\s*- '?(row|listitem)\b/.test(line)) {
      const count = (counts.get(depth) ?? 0) + 1;
      counts.set(depth, count);
      if (count > KEPT) {
        if (count === KEPT + 1) kept.push(`${" ".repeat(depth)}- …`);
        without = depth;
        continue;
      }
    } else {
      counts.delete(depth);
    }
    kept.push(line);
  }
  return kept.join("\n");
}

/** The first lines that differ, each with its number. */
function difference(before, now) {
  const [old, current] = [before.split("\n"), now.split("\n")];
  const said = [];
  for (let at = 0; at < Math.max(old.length, current.length) && said.length < 12; at += 1) {
    if (old[at] !== current[at]) said.push(`  ${at + 1} - ${old[at] ?? ""}\n  ${at + 1} + ${current[at] ?? ""}`);
  }
  return said.join("\n");
}
