// An administrator's journeys, by whichever hand (see ../hands.mjs). Each begins signed in.

import { PASSWORD } from "./claim.mjs";

/** A new case → counsel invited → the invitation accepted by whom it was mailed to. `other` works in a browser of its own. */
export async function makeCase(hand, other, { mailTo, base }, look = async () => {}) {
  const { page } = hand;
  const slug = `harbour-${hand.constructor.name.toLowerCase()}`;
  await page.goto("/admin");
  await look("administration");
  await hand.go(page.getByRole("link", { name: /new case|make a case/i }));
  await hand.go(page.getByRole("button", { name: "Make the case" }));
  await page.locator(".error-summary").waitFor();
  await look("errors");
  const typed = {
    Title: "Claims against Harbour Freight Music",
    "Short name for links": slug,
    "Prefix of claim numbers": hand.constructor.name.slice(0, 3).toUpperCase(),
    "What happened": "It stopped paying.",
    "Who is in the class": "Everybody whom it owes.",
    Contact: "counsel@example.org",
    "Last day for claims": "31 December 2099",
    "Valuation date": "1 June 2016",
  };
  for (const [label, text] of Object.entries(typed)) await hand.type(page.getByLabel(label, { exact: true }), text);
  await hand.choose(page.getByLabel("Late claims are"), await second(page.getByLabel("Late claims are")));
  await hand.choose(page.getByLabel("Basis of stock that filings use"), "Wholesale price (PPD)");
  await hand.go(page.getByRole("button", { name: "Make the case" }));
  await page.getByText("The case is made.").waitFor();
  await look("case");

  const email = `counsel.${slug}@example.org`;
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.go(page.getByRole("button", { name: "Send the invitation" }));
  await page.getByText(`An invitation is on its way to ${email}.`).waitFor();
  const invitation = await mailTo(email, /http:\/\/127\.0\.0\.1:\d+\/counsel-invitation\/[\w.-]+/);
  await other.page.goto(invitation);
  await other.type(other.page.getByLabel("Your name"), "Robin Harbour");
  await other.type(other.page.getByLabel("Password"), PASSWORD);
  await look("invitation", other.page);
  await other.go(other.page.locator("main").getByRole("button").first());
  await other.page.waitForURL(`${base}/counsel`);
  await look("desk", other.page);
  return { email, slug };
}

/** Accounts → one of them disabled. */
export async function disableAccount(hand, email, look = async () => {}) {
  const { page } = hand;
  await page.goto("/admin/accounts");
  const row = page.getByRole("row").filter({ hasText: email });
  await hand.go(row.getByRole("link", { name: /^Disable/ }));
  await hand.go(page.getByRole("button", { name: "Disable the account" }));
  await page.getByText("The account is disabled and signed out.").waitFor();
  await look("accounts");
}

/** Words of the second choice of a select, the first being none. */
function second(select) {
  return select.locator("option").nth(1).textContent();
}
