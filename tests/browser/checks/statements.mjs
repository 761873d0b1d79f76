// A statement is imported through plain pages, with and without JavaScript, wide and narrow.

import assert from "node:assert/strict";
import { fitsAcross, phone, signIn } from "../harness/steps.mjs";

const statement = (name, rows) => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(`Statement Number;Period;Barcode;Catalogue Number;Title;Net Units;Net Due;Currency\n${rows}`),
});
const sound = "Q1;2015-01;036000291452;AB 1;Arctic Light;10;1.082,50;USD\nTotal;;;;;10;1.082,50;\n";
const asking = "Q1;2015-01;036000291453;AB 1;Arctic Light;10;1.082;USD\n";

async function newClaim(page, users, name) {
  await signIn(page, users.claimant);
  await page.goto("/cases/allegro/file");
  const another = page.getByLabel(/another|new/i);
  if (await another.count()) await another.first().check();
  await page.getByLabel("A label or another company").check();
  await page.getByLabel("Legal name").fill(name);
  await page.getByLabel("You file as").selectOption("officer");
  await page.locator("main").getByRole("button").first().click();
  await page.waitForURL(/\/claims\/\d+/);
  return new URL(page.url()).pathname.match(/\/claims\/\d+/)[0];
}

async function send(page, claim, file) {
  await page.goto(`${claim}/lines/unpaid_sales`);
  await page.getByRole("link", { name: "Import a statement" }).click();
  await page.locator("input[type=file]").setInputFiles([file]);
  await page.getByRole("button", { name: "Read the file" }).click();
}

const journey = (name) => async ({ page, users, axe, shot }) => {
  const claim = await newClaim(page, users, name);
  await send(page, claim, statement("asking.csv", asking));
  await page.getByText("What only you know").waitFor();
  await axe(page);
  await fitsAcross(page);
  await page.getByLabel(/between thousands/).check();
  await page.getByRole("button", { name: "Read the file by these answers" }).click();
  await page.getByText("it would have to be 2").waitFor();
  await axe(page);
  await shot(page, `statement-${name}`);
  assert.equal(await page.getByRole("button", { name: /^Import / }).count(), 0);
  await page.getByLabel("Accept it").check();
  await page.getByRole("button", { name: "Save what I accept" }).click();
  await page.getByRole("link", { name: "Change what the columns mean" }).click();
  await axe(page);
  await fitsAcross(page);
  await send(page, claim, statement("sound.csv", sound));
  await page.getByText("The rows above it come to the same").waitFor();
  await page.getByRole("button", { name: "Import 1 line" }).click();
  await page.getByText("1 line was imported from sound.csv").waitFor();
  await page.getByText("1,082.50").first().waitFor();
};

export default [
  { name: "a statement is imported", run: journey("Wide Road") },
  { name: "a statement is imported without JavaScript on a telephone", options: { javaScript: false, viewport: phone }, run: journey("Narrow Lane") },
];
