// What anybody sees without an account.

import assert from "node:assert/strict";

const phone = { width: 360, height: 740 };

async function home({ page, axe, shot }, picture) {
  const answer = await page.goto("/");
  assert.equal(answer.status(), 200);
  assert.equal(await page.getByRole("main").count(), 1, "the page has one main landmark");
  assert.equal(await page.locator("h1").count(), 1, "the page has one heading of the first level");
  assert.notEqual((await page.title()).trim(), "", "the page has a title");
  await axe(page);
  await shot(page, picture);
}

async function fitsAcross(page) {
  const [content, window] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
}

export default [
  { name: "home", run: (tools) => home(tools, "home") },
  { name: "home without JavaScript", options: { javaScript: false }, run: (tools) => home(tools, "home-without-script") },
  { name: "home in the dark", options: { colorScheme: "dark" }, run: (tools) => home(tools, "home-dark") },
  {
    name: "home on a phone",
    options: { viewport: phone },
    run: async (tools) => {
      await home(tools, "home-phone");
      await fitsAcross(tools.page);
    },
  },
  {
    name: "home in the dark on a phone without JavaScript",
    options: { viewport: phone, colorScheme: "dark", javaScript: false },
    run: async (tools) => {
      await home(tools, "home-phone-dark");
      await fitsAcross(tools.page);
    },
  },
];
