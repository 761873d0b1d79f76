// A stranger becomes a claimant and fills a draft, with and without JavaScript.

import assert from "node:assert/strict";
import { signIn } from "../harness/steps.mjs";

const pdf = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);
const statement = { name: "statement 2015.pdf", mimeType: "application/pdf", buffer: pdf };
const program = { name: "invoice.pdf", mimeType: "application/pdf", buffer: Buffer.from("MZ\x90\x00 not a PDF") };

async function startClaim(page, name) {
  await page.goto("/cases/allegro");
  await page.getByRole("link", { name: "File a claim" }).click();
  await page.getByRole("main").getByRole("link", { name: /register|account/i }).first().click();
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail").fill(`${name.toLowerCase().replaceAll(" ", ".")}@example.org`);
  await page.getByLabel("Password").fill("four quiet words here");
  await page.locator("main").getByRole("button").first().click();
  await page.waitForURL(/\/cases\/allegro\/file/);
  await page.getByLabel("A label or another company").check();
  await page.getByLabel("Legal name").fill(`${name} Records`);
  await page.getByLabel("You file as").selectOption("officer");
  await page.locator("main").getByRole("button").first().click();
  await page.waitForURL(/\/claims\/\d+/);
  return new URL(page.url()).pathname.match(/\/claims\/\d+/)[0];
}

async function fillLine(page, claim) {
  await page.goto(`${claim}/lines/unpaid_sales/new`);
  await page.getByLabel("Sold as").selectOption("both");
  await page.getByLabel("Sold from").fill("1 January 2015");
  await page.getByLabel("Sold to").fill("31 December 2015");
  await page.getByLabel("Net due to you").fill("15,000.00");
  await page.getByLabel("Already paid").fill("500");
}

export default [
  {
    name: "a wrong line is kept with what would be right, without JavaScript",
    options: { javaScript: false },
    run: async ({ page, axe }) => {
      const claim = await startClaim(page, "Quiet Harbour");
      await fillLine(page, claim);
      await page.getByLabel("Balance claimed").fill("1.234,56");
      await page.locator("main form").getByRole("button").first().click();
      assert.match(await page.title(), /^Error:/);
      assert.equal(await page.getByLabel("Balance claimed").inputValue(), "1.234,56");
      await page.getByText("1234.56").first().waitFor();
      await axe(page);
      await page.getByLabel("Balance claimed").fill("14500");
      await page.locator("main form").getByRole("button").first().click();
      await page.goto(`${claim}/lines/unpaid_sales`);
      await page.getByText("14,500.00").first().waitFor();
    },
  },
  {
    name: "sums follow what is typed, and leaving asks first",
    run: async ({ page }) => {
      const claim = await startClaim(page, "Tidal Row");
      await fillLine(page, claim);
      await page.getByText("14,500.00").first().waitFor();
      await page.getByLabel("Already paid").fill("5,000");
      await page.getByText("10,000.00").first().waitFor();
      const asked = page.waitForEvent("dialog");
      const leaving = page.goto("/claims").catch(() => {});
      const dialog = await asked;
      assert.equal(dialog.type(), "beforeunload");
      await dialog.accept();
      await leaving;
    },
  },
  {
    name: "files are sent one by one, each with its result",
    options: { expectErrors: true },
    run: async ({ page }) => {
      const claim = await startClaim(page, "Copper Lane");
      await page.goto(`${claim}/documents`);
      await page.getByText("You can also drop files").waitFor();
      await page.locator("input[type=file]").setInputFiles([statement, program]);
      await page.getByRole("button", { name: "Add the files" }).click();
      await page.getByText("its content is not what its name says").waitFor();
      await page.goto(`${claim}/documents`);
      await page.getByRole("link", { name: "statement 2015.pdf" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "invoice.pdf" }).count(), 0);
    },
  },
  {
    name: "files are sent by a plain form without JavaScript",
    options: { javaScript: false },
    run: async ({ page }) => {
      const claim = await startClaim(page, "Still Water");
      await page.goto(`${claim}/documents`);
      await page.locator("input[type=file]").setInputFiles([statement, program]);
      await page.getByRole("button", { name: /Add the files/ }).click();
      await page.getByText("its content is not what its name says").waitFor();
      await page.getByRole("link", { name: "statement 2015.pdf" }).waitFor();
    },
  },
  {
    name: "a figure opens the register, a number opens the claim, a line opens its document",
    run: async ({ page, users }) => {
      await signIn(page, users.counsel);
      await page.goto("/counsel/allegro");
      await page.getByRole("main").getByRole("link", { name: /USD/ }).first().click();
      await page.waitForURL(/\/counsel\/allegro\/claims/);
      await page.getByRole("main").getByRole("link", { name: /^ALG-/ }).first().click();
      await page.waitForURL(/\/claims\/ALG-/);
      const evidence = page.getByRole("main").locator("a[href*='document']").first();
      await evidence.click();
      await page.waitForLoadState();
      assert.match(page.url(), /document/);
    },
  },
  {
    name: "a file's hash is worked out in the browser, which loads nothing for it before",
    run: async ({ page }) => {
      const asked = [];
      page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      await page.goto("/verify");
      await page.getByLabel("File", { exact: true }).waitFor();
      await page.waitForLoadState("networkidle");
      assert.deepEqual(asked.filter((what) => /wasm|islands/.test(what)), []);
      const awake = page.waitForResponse((answer) => answer.url().endsWith(".wasm"));
      await page.getByLabel("File", { exact: true }).setInputFiles([statement]);
      await awake;
      await page.waitForLoadState("networkidle");
      await page.getByRole("button", { name: "Verify the file" }).click();
      await page.waitForURL(/\/verify\?hash=[0-9a-f]{64}$/);
      await page.getByText("No filing, no file of a filing").waitFor();
      assert.deepEqual(asked.filter((what) => what.startsWith("POST")), []);
    },
  },
];
