// What people come for, from the first page to the last, by whichever hand (see hands.mjs).

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

const pdf = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);
export const statement = { name: "statement 2015.pdf", mimeType: "application/pdf", buffer: pdf };
const PASSWORD = "four quiet words here";

export async function register(hand, name) {
  const { page } = hand;
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
  await page.goto("/cases/allegro");
  await hand.skip();
  await hand.press(page.getByRole("link", { name: "File a claim" }));
  await hand.press(page.getByRole("main").getByRole("link", { name: /register|account/i }));
  await hand.type(page.getByLabel("Your name"), name);
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Password"), PASSWORD);
  await hand.press(page.locator("main").getByRole("button").first());
  await page.waitForURL(/\/cases\/allegro\/file/);
  return email;
}

export async function signInBy(hand, { email, password }) {
  const { page } = hand;
  await page.goto("/sign-in");
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Password"), password);
  await hand.press(page.locator("main").getByRole("button").first());
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** Register → claim with a line and a document → check → sign → receipt. `look` is called at each page of note. */
export async function fileClaim(hand, { mailTo }, name, look = async () => {}) {
  const { page } = hand;
  const email = await register(hand, name);
  const saveAndGoOn = async () => {
    const from = page.url();
    await hand.press(page.getByRole("button", { name: "Save and go on" }));
    await page.waitForURL((url) => url.href !== from);
  };
  const back = () => hand.press(page.getByRole("link", { name: /^← All tasks/ }));
  const task = (words) => hand.press(page.getByRole("main").getByRole("link", { name: words, exact: true }));

  await hand.tick(page.getByLabel("A label or another company"));
  await hand.type(page.getByLabel("Legal name"), `${name} Records`);
  await hand.choose(page.getByLabel("You file as"), "Owner, officer or employee");
  await hand.press(page.locator("main").getByRole("button").first());
  await page.waitForURL(/\/claims\/\d+/);
  await page.waitForLoadState();
  const claim = new URL(page.url()).pathname.match(/\/claims\/\d+/)[0];
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
  await hand.press(page.getByRole("link", { name: "Add a line" }));
  await hand.choose(page.getByLabel("Sold as"), "Both together");
  await hand.type(page.getByLabel("Sold from"), "1 January 2015");
  await hand.type(page.getByLabel("Sold to"), "31 December 2015");
  await hand.type(page.getByLabel("Net due to you"), "15,000.00");
  await hand.type(page.getByLabel("Already paid"), "500");
  await hand.type(page.getByLabel("Balance claimed"), "1.234,56");
  await hand.press(page.getByRole("button", { name: "Save the line" }));
  await page.locator(".error-summary").waitFor();
  assert.match(await page.title(), /^Error:/);
  await look("error");
  await hand.press(page.locator(".error-summary a").first());
  await page.waitForURL(/#/);
  await hand.type(page.getByLabel("Balance claimed"), "14500");
  await hand.press(page.getByRole("button", { name: "Save the line" }));
  await page.getByText("14,500.00").first().waitFor();
  await look("lines");

  await back();
  await task("Documents");
  await hand.attach(page.locator("input[type=file]"), [statement]);
  await hand.press(page.getByRole("button", { name: /^Add the files/ }));
  await page.getByRole("link", { name: statement.name }).waitFor();
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
  await hand.press(page.locator("main").getByRole("button").first());
  await page.waitForURL((url) => !url.pathname.startsWith("/confirm/"));
  await page.goto(`${claim}/sign`);
  await hand.tick(page.getByLabel("In the United States"));
  await hand.type(page.getByLabel("City and country"), "Portland, Oregon");
  await hand.type(page.getByLabel("Your full name"), name);
  await hand.type(page.getByLabel("Your title"), "Owner");
  await hand.choose(page.getByLabel("You sign as"), "Owner, officer or employee");
  await hand.tick(page.getByLabel("I have read the declaration above"));
  await look("sign");
  await hand.press(page.getByRole("button", { name: "Sign and send" }));
  await page.getByRole("heading", { name: /^Receipt for claim ALG-/ }).waitFor();
  await look("receipt");
  return { claim, email, password: PASSWORD };
}

/** Overview → register → claim → decide a match → export. */
export async function reviewCase(hand, counsel, look = async () => {}) {
  const { page } = hand;
  const main = page.getByRole("main");
  const tab = (name) => hand.press(page.getByRole("navigation", { name: "Pages of the case" }).getByRole("link", { name }));
  await signInBy(hand, counsel);
  await page.goto("/counsel/allegro");
  await hand.skip();
  await look("overview");
  await tab("Register");
  await hand.type(page.getByLabel("Name or number"), "larkspur");
  await hand.press(page.getByRole("button", { name: "Filter" }));
  await page.getByText("1 claim", { exact: true }).waitFor();
  await look("register");
  await hand.press(main.getByRole("link", { name: /^ALG-/ }));
  await page.waitForURL(/\/claims\/ALG-/);
  await look("claim");
  await tab(/^Matches/);
  await hand.press(main.getByRole("link", { name: /^Compare/ }).first());
  await page.getByRole("heading", { name: "The two records" }).waitFor();
  await look("match");
  await hand.tick(page.getByLabel("The same claimant"));
  await hand.type(page.getByLabel("Why"), "The same house and the same telephone.");
  await hand.press(page.getByRole("button", { name: "Decide" }));
  await page.getByText("The same house and the same telephone.").first().waitFor();
  await look("decided");
  await tab("Exports");
  const link = main.getByRole("link", { name: "For spreadsheets claims.csv" });
  const [file] = await Promise.all([page.waitForEvent("download"), hand.press(link)]);
  assert.match(file.suggestedFilename(), /claims.*\.csv$/);
  await look("exports");
}

/** What an authenticator app shows (RFC 6238). */
function code(base32) {
  const bits = [...base32.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const offset = hash.at(-1) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Account → set up a second factor → recovery codes → sign in with one of them. */
export async function setUpSecondFactor(hand, { email, password }, look = async () => {}) {
  const { page } = hand;
  await page.goto("/account");
  await hand.press(page.getByRole("link", { name: "Set up second factor" }));
  await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
  await look("explained");
  await hand.type(page.getByLabel("Password"), password);
  await hand.press(page.getByRole("button", { name: "Go on" }));
  const key = await page.locator("dd code").textContent();
  await look("begun");
  await hand.type(page.getByLabel(/code/i), code(key));
  await hand.press(page.getByRole("button", { name: "Turn it on" }));
  await page.getByRole("heading", { name: "The second factor is set up" }).waitFor();
  await look("codes");
  const [recovery] = await page.locator(".codes code").allTextContents();
  await hand.press(page.getByRole("link", { name: /to my account/ }));
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await look("account");
  await page.goto("/account/second-factor");
  await look("active");
  await hand.press(page.getByRole("button", { name: "Sign out" }));
  await page.getByRole("link", { name: "Register" }).waitFor();
  await page.goto("/sign-in");
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Password"), password);
  await hand.press(page.locator("main").getByRole("button").first());
  await page.getByRole("heading", { name: "Your second factor" }).waitFor();
  await look("asked");
  await hand.type(page.getByLabel(/code/i), recovery);
  await hand.press(page.locator("main").getByRole("button").first());
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}
