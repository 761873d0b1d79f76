// Lighthouse on public, claimant and counsel pages of the demo: every category must be at least LEAST. And what is loaded may not
// weigh more than it should. `node run.mjs`; RECOUP names the binary, CHROMIUM the browser.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import lighthouse, { desktopConfig } from "lighthouse";
import { openBrowser } from "../browser/harness/browser.mjs";
import { startDemo } from "../browser/harness/demo.mjs";
import { signIn } from "../browser/harness/steps.mjs";

const LEAST = 95;
const PAGES = {
  public: ["/", "/cases/allegro", "/register", "/sign-in", "/verify"],
  claimant: ["/claims", "DRAFT", "DRAFT/lines/unpaid_sales", "DRAFT/lines/unpaid_sales/new", "DRAFT/documents", "DRAFT/check"],
  counsel: ["/counsel/allegro", "/counsel/allegro/claims", "CLAIM", "/counsel/allegro/matches", "/counsel/allegro/overlaps", "/counsel/allegro/mail"],
};
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const site = new URL("../../target/site/", import.meta.url).pathname;
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const misses = [];

const port = await freePort();
const profile = await mkdtemp(join(tmpdir(), "recoup-lighthouse-"));
const demo = await startDemo(process.env.RECOUP ?? new URL("../../target/release/recoup", import.meta.url).pathname);
let browser;
try {
  await weigh();
  browser = await openBrowser(profile, { args: [`--remote-debugging-port=${port}`], baseURL: demo.base });
  const page = await browser.newPage();
  const places = {};
  for (const [role, paths] of Object.entries(PAGES)) {
    await browser.clearCookies();
    if (demo.users[role]) await signIn(page, demo.users[role]);
    if (role === "claimant") places.DRAFT = await draft(page);
    if (role === "counsel") places.CLAIM = await first(page, "/counsel/allegro/claims", /\/claims\/ALG-/);
    for (const path of paths) {
      const address = path.replace(/^[A-Z]+/, (name) => places[name]);
      await judge(role, path, `${demo.base}${address}`);
    }
  }
} finally {
  await browser?.close();
  await demo.stop();
  await rm(profile, { recursive: true, force: true });
}
if (misses.length) {
  console.log(`\n${misses.join("\n")}`);
  process.exitCode = 1;
}

/** What the browser loads besides pages, and the page of the case with all of it. */
async function weigh() {
  const manifest = JSON.parse(await readFile(join(site, "manifest.json"), "utf8"));
  const sizes = (roles, kind) => roles.map((role) => manifest.files[manifest[role]]?.[kind] ?? 0).reduce((sum, size) => sum + size, 0);
  const style = sizes(["style"], "bytes");
  const script = sizes(["script", "wasm", "loader"], "brotli");
  say("stylesheet", style, 20_000);
  say("script and wasm, compressed", script, 100_000);
  for (const path of PAGES.public) {
    const html = Buffer.from(await (await fetch(demo.base + path)).arrayBuffer());
    const islands = html.includes("<script") && !html.includes("data-when-used") ? script : 0;
    say(`${path} in all, compressed`, brotliCompressSync(html).length + sizes(["style"], "brotli") + islands, 50_000);
  }
}

function say(what, bytes, limit) {
  console.log(`${what}: ${kB(bytes)} of ${kB(limit)}`);
  if (bytes >= limit) misses.push(`${what}: ${kB(bytes)} is not under ${kB(limit)}`);
}

async function judge(role, path, url) {
  // Nothing is stored on purpose: signing in again for each page would measure that.
  const flags = { port, onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" };
  const { lhr } = await lighthouse(url, flags, desktopConfig);
  const scores = CATEGORIES.map((category) => [category, Math.round((lhr.categories[category].score ?? 0) * 100)]);
  console.log(`${role} ${path}: ${scores.map(([category, score]) => `${category} ${score}`).join(", ")}`);
  for (const [category, score] of scores.filter(([, score]) => score < LEAST)) {
    const refs = lhr.categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9);
    misses.push(`${role} ${path}: ${category} ${score} (${refs.map(({ id }) => `${id}: ${lhr.audits[id].title}`).join("; ")})`);
  }
}

async function first(page, list, pattern) {
  await page.goto(list);
  const hrefs = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  return hrefs.find((href) => pattern.test(href));
}

/** The claim of the demo claimant that is a draft. */
async function draft(page) {
  await page.goto("/claims");
  return page.getByRole("row").filter({ hasText: "No number yet" }).getByRole("link").first().getAttribute("href");
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
