// Follows links from page to page within the site: one page of each kind, as its address tells.

import assert from "node:assert/strict";

/** Pages of which one does not tell of the others: a draft and a claim that was sent, a pair decided and one that waits. */
const SEVERAL = {
  "/claims/N": 3,
  "/claims/N/tasks": 2,
  "/claims/N/versions/N": 2,
  "/counsel/allegro/claims/NUMBER": 2,
  "/counsel/allegro/mail/N": 2,
  "/counsel/allegro/matches/N": 2,
  "/counsel/allegro/overlaps/N": 2,
};

/** The kind of an address: numbers and names of things left out, of a query only what is asked. */
export function kind(url) {
  const segments = url.pathname.split("/").map((segment) => {
    if (/^\d+$/.test(segment)) return "N";
    if (/^[A-Z]{2,5}-/.test(segment)) return "NUMBER";
    return segment.length > 20 && !segment.includes(".") && !segment.includes("-") ? "TOKEN" : segment;
  });
  const asked = [...new Set(url.searchParams.keys())].sort();
  return { path: segments.join("/"), asked: asked.join("&") };
}

/**
 * Opens what can be reached from the addresses, two pages at a time, and calls `look(page, address)` on each. Returns the
 * addresses that were looked at, which begin as `within` says.
 */
export async function crawl({ context, base, within = /^\//, lanes = 2 }, seeds, look) {
  const waiting = [];
  const met = new Set();
  const counts = new Map();
  const seen = [];
  const add = (href, asSeed) => {
    const url = new URL(href, base);
    url.hash = "";
    const address = url.pathname + url.search;
    if (url.origin !== new URL(base).origin || met.has(address)) return;
    const { path, asked } = kind(url);
    if (!asSeed && !within.test(path)) return;
    met.add(address);
    // Of a list by its filters and orders, three ways are enough.
    const [name, most] = asked ? [`${path}?`, 3] : [path, SEVERAL[path] ?? 1];
    const way = asked ? `${path}?${asked}` : address;
    const ways = counts.get(name) ?? counts.set(name, new Set()).get(name);
    if (!asSeed && (ways.has(way) || ways.size >= most)) return;
    ways.add(way);
    waiting.push(address);
  };
  for (const seed of seeds) add(seed, true);
  let busy = 0;
  const problems = [];
  const lane = async () => {
    const page = await context.newPage();
    while (waiting.length || busy) {
      const address = waiting.shift();
      if (!address) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      busy += 1;
      try {
        if (await open(context, page, address)) {
          const hrefs = await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.href));
          await look(page, address);
          seen.push(address);
          for (const href of hrefs) if (/^https?:/.test(href)) add(href);
        }
      } catch (cause) {
        problems.push(`${address}: ${cause.message}`);
      }
      busy -= 1;
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  assert.equal(problems.length, 0, problems.join("\n\n"));
  return seen;
}

/** Opens a page; false if the address leads to a file. */
async function open(context, page, address) {
  if (/\.(csv|json|pdf|xlsx|zip|txt)$|\/zip\//.test(new URL(address, "http://x").pathname)) return false;
  const answer = await page.goto(address).catch((cause) => {
    if (/ERR_ABORTED|Download is starting/.test(cause.message)) return null;
    throw cause;
  });
  if (!answer) return false;
  assert.equal(answer.status(), 200, `answers ${answer.status()}`);
  return (answer.headers()["content-type"] ?? "").startsWith("text/html");
}
