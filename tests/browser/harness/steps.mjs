// Steps that several checks take. Not a check itself.

import assert from "node:assert/strict";

export const phone = { width: 360, height: 740 };

export async function signIn(page, { email, password }) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.locator("main").getByRole("button").first().click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

export async function fitsAcross(page) {
  const [content, window] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window} px`);
}

/** Addresses of the links in the content that match. */
export async function links(page, pattern) {
  const all = await page.locator("main a").evaluateAll((found) => found.map((link) => link.getAttribute("href")));
  return [...new Set(all.filter((href) => pattern.test(href)))];
}
