// Journeys around an account, by whichever hand (see ../hands.mjs).

import { createHmac } from "node:crypto";

/** Signs in by the form. */
export async function signInBy(hand, { email, password }) {
  const { page } = hand;
  await page.goto("/sign-in");
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Password"), password);
  await hand.go(page.locator("main").getByRole("button").first());
  await page.getByRole("button", { name: "Sign out" }).waitFor();
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
  await hand.go(page.getByRole("link", { name: "Set up second factor" }));
  await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
  await look("explained");
  await hand.type(page.getByLabel("Password"), password);
  await hand.go(page.getByRole("button", { name: "Go on" }));
  const key = await page.locator("dd code").textContent();
  await look("begun");
  await hand.type(page.getByLabel(/code/i), code(key));
  await hand.go(page.getByRole("button", { name: "Turn it on" }));
  await page.getByRole("heading", { name: "The second factor is set up" }).waitFor();
  await look("codes");
  const [recovery] = await page.locator(".codes code").allTextContents();
  await hand.go(page.getByRole("link", { name: /to my account/ }));
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await look("account");
  await page.goto("/account/second-factor");
  await look("active");
  await hand.go(page.getByRole("button", { name: "Sign out" }));
  await page.getByRole("link", { name: "Register" }).first().waitFor();
  await page.goto("/sign-in");
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.type(page.getByLabel("Password"), password);
  await hand.go(page.locator("main").getByRole("button").first());
  await page.getByRole("heading", { name: "Your second factor" }).waitFor();
  await look("asked");
  await hand.type(page.getByLabel(/code/i), recovery);
  await hand.go(page.locator("main").getByRole("button").first());
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** Forgotten → link by mail → new password → sign in with it. */
export async function resetPassword(hand, { mailTo }, email, look = async () => {}) {
  const { page } = hand;
  const password = "five other quiet words here";
  await page.goto("/sign-in");
  await hand.go(page.getByRole("main").getByRole("link", { name: "Set a new one" }));
  await hand.type(page.getByLabel("E-mail"), email);
  await hand.go(page.getByRole("button", { name: "Send the link" }));
  await look("mailed");
  await page.goto(await mailTo(email, /http:\/\/127\.0\.0\.1:\d+\/reset\/[\w.-]+/));
  await hand.type(page.getByLabel("New password"), password);
  await look("reset");
  await hand.go(page.getByRole("button", { name: "Set the password" }));
  await page.getByText("Your new password is set").waitFor();
  await signInBy(hand, { email, password });
}
