// A claimant's journeys, by whichever hand (see ../hands.mjs). `look` is called at each page of note.

import assert from "node:assert/strict";

const pdf = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);
export const paper = { name: "statement 2015.pdf", mimeType: "application/pdf", buffer: pdf };
const table = {
  name: "statement 2016.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(
    "Statement Number;Period;Barcode;Catalogue Number;Title;Net Units;Net Due;Currency\n" +
      "Q1;2015-01;036000291452;AB 1;Arctic Light;10;1.082,50;USD\nTotal;;;;;10;1.082,50;\n",
  ),
};
export const PASSWORD = "four quiet words here";

export async function register(hand, name) {
  const { page } = hand;
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
  await page.goto("/cases/allegro");
  await hand.skip();
  await hand.go(page.getByRole("link", { name: "File a claim" }));
  await hand.go(page.getByRole("main").getByRole("link", { name: /register|account/i }));
  await hand.type(page.getByLabel("Your name"), name);
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Password"), PASSWORD);
  await hand.go(page.locator("main").getByRole("button").first());
  await page.waitForURL(/\/cases\/allegro\/file/);
  return email;
}

/** The form that begins a claim; gives the address of its page. */
async function startClaim(hand, name) {
  const { page } = hand;
  await hand.tick(page.getByLabel("A label or another company"));
  await hand.type(page.getByLabel("Legal name"), `${name} Records`);
  await hand.choose(page.getByLabel("You file as"), "Owner, officer or employee");
  await hand.go(page.locator("main").getByRole("button").first());
  await page.waitForURL(/\/claims\/\d+/);
  await page.waitForLoadState();
  return new URL(page.url()).pathname.match(/\/claims\/\d+/)[0];
}

/** Register → claim with a line and a document → check → sign → receipt. `look` is called at each page of note. */
export async function fileClaim(hand, { mailTo }, name, look = async () => {}) {
  const { page } = hand;
  const email = await register(hand, name);
  const saveAndGoOn = async () => {
    await hand.go(page.getByRole("button", { name: "Save and go on" }));
  };
  const back = () => hand.go(page.getByRole("link", { name: /^← All tasks/ }));
  const task = (words) => hand.go(page.getByRole("main").getByRole("link", { name: words, exact: true }));

  const claim = await startClaim(hand, name);
  await page.goto(claim);
  await look("tasks");

  await task("Who is claiming");
  await hand.type(page.getByLabel("Contact person"), name);
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Street and number"), "1 Quay");
  await hand.type(page.getByLabel("City"), "Portland");
  await hand.type(page.getByLabel("Country", { exact: true }), "United States");
  await hand.type(page.getByLabel("A company's state or country of organisation"), "Oregon");
  await hand.type(page.getByLabel("A company's principal place of business"), "Portland, Oregon");
  await saveAndGoOn();

  await page.goto(claim);
  await task("Your agreement");
  await hand.tick(page.getByRole("group", { name: "Was there a written agreement?" }).getByLabel("No", { exact: true }));
  await saveAndGoOn();

  await page.goto(claim);
  await task("Unpaid sales");
  await hand.go(page.getByRole("link", { name: "Add a line" }));
  await hand.choose(page.getByLabel("Sold as"), "Both together");
  await hand.type(page.getByLabel("Sold from"), "1 January 2015");
  await hand.type(page.getByLabel("Sold to"), "31 December 2015");
  await hand.type(page.getByLabel("Net due to you"), "15,000.00");
  await hand.type(page.getByLabel("Already paid"), "500");
  await hand.type(page.getByLabel("Balance claimed"), "1.234,56");
  await hand.go(page.getByRole("button", { name: "Save the line" }));
  await page.locator(".error-summary").waitFor();
  assert.match(await page.title(), /^Error:/);
  await look("error");
  await hand.press(page.locator(".error-summary a").first());
  await page.waitForURL(/#/);
  await hand.type(page.getByLabel("Balance claimed"), "14500");
  await hand.go(page.getByRole("button", { name: "Save the line" }));
  await page.getByText("14,500.00").first().waitFor();
  await look("lines");

  await back();
  await task("Documents");
  await hand.attach(page.locator("input[type=file]"), [paper]);
  await hand.press(page.getByRole("button", { name: /^Add the files/ }));
  await page.getByRole("link", { name: paper.name }).waitFor();
  await look("documents");

  await page.goto(claim);
  await task("Who else may claim this");
  await hand.tick(page.getByRole("group", { name: "May anyone else claim" }).getByLabel("No", { exact: true }));
  await saveAndGoOn();

  await page.goto(claim);
  await task("Check your answers");
  await page.getByRole("heading", { name: "Check your answers" }).waitFor();
  await page.getByText("14,500.00").first().waitFor();
  await look("check");
  await page.goto(await mailTo(email, /http:\/\/127\.0\.0\.1:\d+\/confirm\/[\w.-]+/));
  await hand.go(page.locator("main").getByRole("button").first());
  await page.waitForURL((url) => !url.pathname.startsWith("/confirm/"));
  await page.goto(`${claim}/sign`);
  await hand.tick(page.getByLabel("In the United States"));
  await hand.type(page.getByLabel("City and country"), "Portland, Oregon");
  await hand.type(page.getByLabel("Your full name"), name);
  await hand.type(page.getByLabel("Your title"), "Owner");
  await hand.choose(page.getByLabel("You sign as"), "Owner, officer or employee");
  await hand.tick(page.getByLabel("I have read the declaration above"));
  await look("sign");
  await hand.go(page.getByRole("button", { name: "Sign and send" }));
  await page.getByRole("heading", { name: /^Receipt for claim ALG-/ }).waitFor();
  await look("receipt");
  return { claim, email, password: PASSWORD };
}

/** Register → a claim whose lines come out of a distributor's file. */
export async function importStatement(hand, name, look = async () => {}) {
  const { page } = hand;
  await register(hand, name);
  const claim = await startClaim(hand, name);
  await page.goto(`${claim}/lines/unpaid_sales`);
  await look("no-lines");
  await hand.go(page.getByRole("link", { name: "Import a statement" }));
  await look("import");
  await hand.attach(page.locator("input[type=file]"), [table]);
  await hand.go(page.getByRole("button", { name: "Read the file" }));
  await page.getByText("The rows above it come to the same").waitFor();
  await look("understood");
  await hand.go(page.getByRole("link", { name: "Change what the columns mean" }));
  await look("columns");
  await hand.go(page.locator("main a.back"));
  await hand.go(page.getByRole("button", { name: "Import 1 line" }));
  await page.getByText(`1 line was imported from ${table.name}`).waitFor();
  await look("imported");
}

/** Of a claim that was sent: amend → discard → withdraw → take up again. */
export async function changeOnesMind(hand, claim, look = async () => {}) {
  const { page } = hand;
  await page.goto(claim);
  await look("sent");
  await hand.go(page.getByRole("button", { name: "Amend this claim" }));
  await page.waitForURL(/\/tasks$/);
  await look("amendment");
  await page.goto(`${claim}/discard`);
  await look("discard");
  await hand.go(page.getByRole("button", { name: "Discard the amendment" }));
  await page.getByText("The amendment is discarded").waitFor();
  await hand.go(page.getByRole("link", { name: "Withdraw this claim" }));
  await hand.go(page.getByRole("button", { name: "Withdraw" }));
  await page.locator(".error-summary").waitFor();
  await look("withdraw");
  await hand.type(page.getByLabel("Why do you withdraw the claim?"), "It was paid.");
  await hand.go(page.getByRole("button", { name: "Withdraw" }));
  await page.getByText("The claim is withdrawn.").waitFor();
  await look("withdrawn");
  await hand.go(page.getByRole("button", { name: "Take it up again" }));
  await page.waitForURL(/\/tasks$/);
}
