// What a screen reader hears of a page, kept as text in snapshots/. ACCEPT_SNAPSHOTS=1 writes what is heard now.

import { mkdir, readFile, writeFile } from "node:fs/promises";

const FOLDER = new URL("../snapshots/", import.meta.url);
/** Rows of a table, and items of a list, that are kept of each shape: what follows sounds alike. */
const KEPT = { row: 2, listitem: 12 };

/** Compares the content of the page, or the whole page with its head and foot, with what was accepted before. */
export async function heard(page, name, part = "main") {
  const hear = async () => `${steady(await page.locator(part).ariaSnapshot())}\n`;
  let now = await hear();
  const file = new URL(`${name}.txt`, FOLDER);
  if (process.env.ACCEPT_SNAPSHOTS) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(file, now);
    return;
  }
  const before = await readFile(file, "utf8").catch(() => "");
  // Islands come a moment after the page, as for everybody.
  for (const until = Date.now() + 5_000; before !== now && Date.now() < until; now = await hear()) await page.waitForTimeout(200);
  if (before === now) return;
  const accept = `ACCEPT_SNAPSHOTS=1 cargo xtask test --only browser`;
  throw new Error(`${page.url()} does not sound as in snapshots/${name}.txt:\n${difference(before, now)}\nIf that is meant, accept it: ${accept}`);
}

/** Without what differs from one run to the next: numbers, days, moments, hashes, how far a mail is, and whether the island of uploads has come
 * already; and without what only repeats. */
function steady(text) {
  const lines = text
    .replaceAll(" [active]", "")
    .replaceAll(/\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December|[A-Z][a-z]{2}) \d{4}\b/g, "DAY")
    .replaceAll(/\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g, "DAY")
    .replaceAll(/\d{1,2}:\d{2} [ap]\.m\. [A-Z]{3,4}/g, "TIME")
    .replaceAll(/\/(confirm|confirm-address|reset|counsel-invitation|unsubscribe)\/[\w.-]+/g, "/$1/TOKEN")
    // In quotes where it happens to look like a number.
    .replaceAll(/(- code: )"?[a-z0-9-]{8,}"?$/gm, "$1CODE")
    .replaceAll(/secret=[A-Z2-7]+/g, "secret=KEY")
    // Also the beginning of a hash that happens to have no letter.
    .replaceAll(/\b[0-9a-f]{8,}\b/g, "HASH")
    .replaceAll(/\b[A-Z]{3}-\d{6}-[A-Z0-9]\b/g, "NUMBER")
    .replaceAll(/[A-Z2-7]{4}( [A-Z2-7]{4}){4,}/g, "KEY")
    .replaceAll(/(?<!level=)(?:\d[\d,.]*\d|\d)/g, "#")
    .replaceAll(/\bdays? left\b/g, "days left")
    .replaceAll(/\b(is on its way by mail|was mailed)\b/g, "is mailed")
    .replaceAll(/\bwith this receipt (is on its way|was sent) to\b/g, "with this receipt is sent to")
    .replaceAll(/^ *- paragraph: You can also drop files .*\n/gm, "")
    // When a mail went out, and so where it stands among what people did, is the worker's affair.
    .replaceAll(/^ *- listitem:\n.*- time: .*\n.*- paragraph: The .* is mailed\n.*- paragraph: To .*\n/gm, "")
    .split("\n");
  return withoutRepeats(lines).join("\n");
}

/** Leaves out rows and items of which enough with the same controls came before, with all that is in them. */
function withoutRepeats(lines) {
  const kept = [];
  /** How many of each shape there were, by the depth of the table or list. */
  const counts = new Map();
  for (let at = 0; at < lines.length; ) {
    const depth = indent(lines[at]);
    for (const deeper of [...counts.keys()]) if (deeper > depth) counts.delete(deeper);
    const kind = lines[at].match(/^\s*- '?(row|listitem)\b/)?.[1];
    let end = at + 1;
    if (!kind) {
      kept.push(lines[at]);
    } else {
      while (end < lines.length && indent(lines[end]) > depth) end += 1;
      const shape = lines.slice(at, end).map(unnamed).join("\n");
      const of = counts.get(depth) ?? counts.set(depth, new Map()).get(depth);
      const count = (of.get(shape) ?? 0) + 1;
      of.set(shape, count);
      if (count <= KEPT[kind]) {
        // What is in it may have rows and items, too.
        kept.push(lines[at], ...withoutRepeats(lines.slice(at + 1, end)));
      } else if (kept.at(-1) !== more(depth)) {
        kept.push(more(depth));
      }
    }
    at = end;
  }
  return kept;
}

const indent = (line) => line.search(/\S/);
const more = (depth) => `${" ".repeat(depth)}- …`;
/** Only which controls there are, without names and texts. */
const unnamed = (line) => line.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").replace(/(- (?:'?[a-z]+|\/url)).*$/, "$1");

/** The first lines that differ, each with its number. */
function difference(before, now) {
  const [old, current] = [before.split("\n"), now.split("\n")];
  const said = [];
  for (let at = 0; at < Math.max(old.length, current.length) && said.length < 12; at += 1) {
    if (old[at] !== current[at]) said.push(`  ${at + 1} - ${old[at] ?? ""}\n  ${at + 1} + ${current[at] ?? ""}`);
  }
  return said.join("\n");
}
