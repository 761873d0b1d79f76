// Every page that each role can reach, one of each kind, and what a form says when it is sent empty: axe, light and dark, wide and
// narrow, no sideways scrolling at 320 px and at 200 %.

import assert from "node:assert/strict";
import { crawl } from "../harness/crawl.mjs";
import { glance } from "../harness/glance.mjs";
import { Pointer } from "../harness/hands.mjs";
import { makeCase } from "../harness/journeys/administrator.mjs";
import { fitsAcross, signIn } from "../harness/steps.mjs";

const PATIENCE = 900_000;
const counsel = "/counsel/allegro";

/**
 * Where each role begins, what no link leads to, which pages are its own, addresses that ask for what cannot be read, and how many
 * pages and errors there are at least.
 */
const roles = {
  stranger: {
    seeds: ["/", "/verify", `/verify?hash=${"0".repeat(64)}`, "/sign-in/code", "/sign-in/lost-device"],
    wrong: ["/verify?hash=12"],
    pages: 9,
    errors: 3,
  },
  claimant: { within: /^\/(claims|account|mail|cases)/, seeds: ["/claims"], pages: 36, errors: 8 },
  counsel: {
    within: /^\/counsel/,
    seeds: [
      counsel,
      // Lists of nothing.
      `${counsel}/claims?q=nobody-has-this-name`,
      `${counsel}/matches?show=decided`,
      `${counsel}/overlaps?show=decided`,
      `${counsel}/mail?state=failed`,
    ],
    wrong: [`${counsel}/claims?from=soon`, `${counsel}/mail/write?to=soon`],
    pages: 45,
    errors: 6,
    before: buildFiling,
  },
  // Where nothing was filed yet, every page says so.
  "counsel of a new case": { within: /^\/counsel/, seeds: [], pages: 18, errors: 3, before: newCase },
  administrator: { within: /^\/admin/, seeds: ["/admin"], pages: 7, errors: 2 },
};

/** The first filing, so that its pages are there. The page of a build under way is looked at, too. */
async function buildFiling({ page }) {
  await page.goto(`${counsel}/filings`);
  await page.getByRole("button", { name: "Build filing 1" }).click();
  await page.getByRole("link", { name: "Filing 1", exact: true }).waitFor({ timeout: 120_000 });
}

/** A case that an administrator made, with the page signed in as its counsel; gives where it begins. */
async function newCase(tools) {
  const administrator = await (await tools.newContext({ expectErrors: true })).newPage();
  await signIn(administrator, tools.users.administrator);
  const { slug } = await makeCase(new Pointer(administrator), new Pointer(tools.page), tools);
  return [`/counsel/${slug}`];
}

async function every(tools, role) {
  const { within, wrong: unreadable = [], pages, errors, before } = roles[role];
  const { page, context, base, shot } = tools;
  if (tools.users[role]) await signIn(page, tools.users[role]);
  const seeds = [...roles[role].seeds, ...((await before?.(tools)) ?? [])];
  const named = (address) => `${role.replaceAll(" ", "-")}${address.replaceAll(/[/?=&%]/g, "-").slice(0, 80)}`;
  const forms = [];
  const look = async (tab, address) => {
    if (await tab.locator(FORM).filter({ has: tab.locator(TYPED) }).count()) forms.push(address);
    await glance({ page: tab, shot }, named(address));
  };
  const seen = await crawl({ context, base, within }, seeds, look);
  assert.ok(seen.length >= pages, `${seen.length} pages were found, at least ${pages} should be: ${seen.join(" ")}`);

  const wrong = [];
  const problems = [];
  for (const address of unreadable) {
    await page.goto(address);
    assert.equal(await page.locator(".error-summary").count(), 1, `${address} says what is wrong`);
    await glance({ page, shot }, `${named(address)}-errors`);
    wrong.push(address);
  }
  for (const address of forms) {
    try {
      if (await sendEmpty(page, address)) {
        wrong.push(address);
        await glance({ page, shot }, `${named(address)}-errors`);
      }
    } catch (cause) {
      problems.push(`${address}, sent empty: ${cause.message}`);
    }
  }
  assert.equal(problems.length, 0, problems.join("\n\n"));
  assert.ok(wrong.length >= errors, `${wrong.length} forms say what is wrong, at least ${errors} should: ${wrong.join(" ")}`);
}

const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), textarea";
const FORM = "main form[method=post]";

/** Empties the first form with something to type and sends it; true if the answer says what is wrong. */
async function sendEmpty(page, address) {
  await page.goto(address);
  const form = page.locator(FORM).filter({ has: page.locator(TYPED) }).first();
  if (!(await form.getByRole("button").first().isVisible())) return false;
  for (const field of await form.locator(TYPED).all()) if (await field.isEditable()) await field.fill("", { force: true });
  // What is empty may be a change that leaving would lose; sending is not leaving.
  await Promise.all([page.waitForEvent("load"), form.getByRole("button").first().click()]);
  return (await page.locator(".error-summary").count()) > 0;
}

const missing = {
  name: "a page that is not there",
  options: { expectErrors: true },
  run: async (tools) => {
    const answer = await tools.page.goto("/not/here");
    assert.equal(answer.status(), 404);
    await glance(tools, "not-here");
  },
};

/** The pages as they are parsed where no script runs. */
const plain = {
  name: "home without JavaScript",
  options: { javaScript: false },
  run: async ({ page, axe }) => {
    for (const path of ["/", "/cases/allegro", "/register"]) {
      await page.goto(path);
      await fitsAcross(page);
      await axe(page);
    }
  },
};

export default [
  ...Object.keys(roles).map((role) => ({
    name: `every page of a ${role}`,
    // What is sent empty is kept, as everything is.
    ownDemo: true,
    patience: PATIENCE,
    // Wrong forms answer 422, which Chromium reports as a console error.
    options: { expectErrors: true },
    run: (tools) => every(tools, role),
  })),
  missing,
  plain,
];
