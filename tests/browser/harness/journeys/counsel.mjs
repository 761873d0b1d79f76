// Counsel's journeys, by whichever hand (see ../hands.mjs). Each begins signed in.

import assert from "node:assert/strict";

const BASE = "/counsel/allegro";

/** Follows one of the links between the pages of the case. */
async function tab(hand, name) {
  await hand.go(hand.page.getByRole("navigation", { name: "Pages of the case" }).getByRole("link", { name }));
}

/** Overview → register → claim → decide a match → export. */
export async function reviewCase(hand, look = async () => {}) {
  const { page } = hand;
  const main = page.getByRole("main");
  await page.goto("/counsel/allegro");
  await hand.skip();
  await look("overview");
  await tab(hand, "Register");
  await hand.type(page.getByLabel("Name or number"), "larkspur");
  await hand.go(page.getByRole("button", { name: "Filter" }));
  await page.getByText("1 claim", { exact: true }).waitFor();
  await look("register");
  await hand.go(main.getByRole("link", { name: /^ALG-/ }).first());
  await page.waitForURL(/\/claims\/ALG-/);
  await look("claim");
  await tab(hand, /^Matches/);
  await hand.go(main.getByRole("link", { name: /^Compare/ }).first());
  await page.getByRole("heading", { name: "The two records" }).waitFor();
  await look("match");
  await hand.tick(page.getByLabel("The same claimant"));
  await hand.type(page.getByLabel("Why"), "The same house and the same telephone.");
  await hand.go(page.getByRole("button", { name: "Decide" }));
  await page.getByText("The same house and the same telephone.").first().waitFor();
  await look("decided");
  await tab(hand, "Exports");
  const link = main.getByRole("link", { name: "For spreadsheets claims.csv" });
  const [file] = await Promise.all([page.waitForEvent("download"), hand.press(link)]);
  assert.match(file.suggestedFilename(), /claims.*\.csv$/);
  await look("exports");
}

/** Overlaps → the largest → how the two claims are related → undo it. */
export async function decideOverlap(hand, look = async () => {}) {
  const { page } = hand;
  await page.goto(BASE);
  await tab(hand, /^Overlaps/);
  await look("overlaps");
  await hand.go(page.getByRole("main").locator('a[href*="/overlaps/"]').first());
  await page.waitForURL(/\/overlaps\/\d+$/);
  await hand.go(page.getByRole("button", { name: "Decide" }));
  await page.locator(".error-summary").waitFor();
  await look("undecided");
  await hand.tick(page.getByLabel("Different money: nothing is removed"));
  await hand.type(page.getByLabel("Why"), "One sold copies, the other had them in stock.");
  await hand.go(page.getByRole("button", { name: "Decide" }));
  await page.getByText("It is decided.").waitFor();
  await look("decided");
  await hand.go(page.getByRole("button", { name: "Undo the decision" }));
  await page.getByText("The decision is undone.").waitFor();
}

/** Filings → build → the page that shows how it goes on → verify → the package. */
export async function buildFiling(hand, look = async () => {}) {
  const { page } = hand;
  await page.goto(BASE);
  await tab(hand, "Filings");
  await look("none");
  await hand.go(page.getByRole("button", { name: "Build filing 1" }));
  const built = page.getByRole("link", { name: "Filing 1", exact: true });
  await built.waitFor({ timeout: 120_000 });
  await page.waitForLoadState();
  await hand.go(built);
  await page.getByRole("heading", { name: "Filing 1" }).waitFor();
  await look("filing");
  await hand.go(page.getByRole("button", { name: "Verify the whole package" }));
  await page.locator(".notice").waitFor();
  await look("verified");
  const link = page.getByRole("link", { name: "Download the public package" });
  const [file] = await Promise.all([page.waitForEvent("download"), hand.press(link)]);
  assert.match(file.suggestedFilename(), /\.zip$/);
}

/** Letters → the claim of one that is drafted → write it anew → say how far it is. */
export async function writeLetters(hand, look = async () => {}) {
  const { page } = hand;
  await page.goto(BASE);
  await tab(hand, "Letters");
  await look("letters");
  const drafts = page.getByRole("row").filter({ has: page.getByText("Drafted", { exact: true }) });
  await hand.go(drafts.first().getByRole("link", { name: /^ALG-/ }).first());
  await hand.go(page.getByRole("button", { name: "Write the letter of direction anew" }));
  await page.getByRole("heading", { name: "Say where it is" }).waitFor();
  await hand.go(page.getByRole("button", { name: "Save" }));
  await page.getByText(/^The letter is “sent” since/).waitFor();
  await look("letter");
}

/** Mail → write to many → look → queue → stop; then a template, news, and what oneself is told. */
export async function writeToMany(hand, look = async () => {}) {
  const { page } = hand;
  const main = page.getByRole("main");
  await page.goto(BASE);
  await tab(hand, /^Mail/);
  await look("mail");
  await hand.go(main.getByRole("link", { name: "Write to many" }));
  await hand.go(page.getByRole("button", { name: "Look at three of them" }));
  await page.locator(".error-summary").waitFor();
  await look("nothing-written");
  await hand.type(page.getByLabel("Subject"), "Claim {{number}}");
  await hand.type(page.getByLabel("Text"), "Dear {{name}}, please look at claim {{number}} again.");
  await hand.type(page.getByLabel("Mails an hour"), "1");
  await hand.go(page.getByRole("button", { name: "Look at three of them" }));
  await page.getByRole("heading", { name: /^How they will read/ }).waitFor();
  await look("preview");
  await hand.go(page.getByRole("button", { name: /^Queue \d+ mails?/ }));
  await page.waitForURL(/\/mailings\/\d+$/);
  await look("mailing");
  await hand.go(page.getByRole("button", { name: "Stop it: discard what waits" }));
  await page.getByText(/^Stopped: /).waitFor();
  await look("stopped");

  await page.goto(`${BASE}/mail/templates`);
  await look("no-templates");
  await hand.go(main.getByRole("link", { name: "New template" }));
  await hand.type(page.getByLabel("Name of the template"), "Please look again");
  await hand.type(page.getByLabel("Subject"), "Claim {{numero}}");
  await hand.type(page.getByLabel("Text"), "Dear {{name}}, please look again.");
  await hand.go(page.getByRole("button", { name: "Save" }));
  await page.getByText("numero").first().waitFor();
  await look("wrong-template");
  await hand.type(page.getByLabel("Subject"), "Claim {{number}}");
  await hand.go(page.getByRole("button", { name: "Save" }));
  await page.getByText("The template is saved.").waitFor();
  await look("templates");

  await page.goto(`${BASE}/mail/news`);
  await hand.type(page.getByLabel("Title"), "The first filing");
  await hand.type(page.getByLabel("Text"), "It goes to court this week.");
  await hand.tick(page.getByLabel("Also send it by mail"));
  await hand.go(page.getByRole("button", { name: "Publish" }));
  await page.getByText(/^Published\./).waitFor();
  await look("news");

  await page.goto(`${BASE}/mail/preferences`);
  await hand.tick(page.getByRole("row", { name: /withdrawn/i }).getByLabel(/off|not at all|never/i));
  await hand.go(page.getByRole("button", { name: "Save" }));
  await page.getByText("What happens from now on is told as you chose.").waitFor();
  await look("preferences");
}
