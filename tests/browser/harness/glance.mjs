// What every page must keep in every window: axe finds nothing, light and dark, wide and narrow, and the page never scrolls
// sideways. axe is put into the page once and asked several times, which takes a quarter of the time of as many visits.

import assert from "node:assert/strict";
import axe from "axe-core";
import { fitsAcross } from "./steps.mjs";

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
// A small telephone, and a window of 1280 px at 200 %: what is zoomed has half as many pixels of its own.
const NARROW = [320, 640];

/** Looks at the page that is open. `picture` names its two screenshots, wide in light and narrow in the dark. */
export async function glance({ page, shot }, picture) {
  const where = new URL(page.url()).pathname;
  assert.equal(await page.locator("h1").count(), 1, `${where} has one heading of the first level`);
  assert.equal(await page.locator("main").count(), 1, `${where} has one main landmark`);
  assert.match(await page.title(), /\S – Recoup$/, `${where} has a title`);
  await page.evaluate(axe.source);
  await fitsAcross(page);
  await ask(page, "wide");
  await shot(page, picture);
  await page.emulateMedia({ colorScheme: "dark" });
  await ask(page, "wide in the dark", ["color-contrast"]);
  await page.setViewportSize(PHONE);
  await fitsAcross(page);
  await ask(page, "on a phone in the dark");
  await shot(page, `${picture}-phone`);
  await page.emulateMedia({ colorScheme: "light" });
  await ask(page, "on a phone", ["color-contrast"]);
  for (const width of NARROW) {
    await page.setViewportSize({ width, height: 740 });
    await fitsAcross(page);
  }
  await page.setViewportSize(WIDE);
}

async function ask(page, way, rules) {
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) };
  const { violations } = await page.evaluate((wanted) => globalThis.axe.run(wanted), options);
  if (violations.length === 0) return;
  const text = violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 5).map((node) => `  ${node.target.join(" ")}\n    ${node.html.slice(0, 300)}\n    ${node.failureSummary}`);
    return `${id}: ${help}\n${places.join("\n")}`;
  });
  throw new Error(`axe found ${violations.length} on ${page.url()} ${way}\n${text.join("\n")}`);
}
