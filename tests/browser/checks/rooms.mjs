// Every page of claimant, counsel and administrator: status, headings, axe, no sideways scrolling; light and dark, wide and
// narrow, with and without JavaScript.

import assert from "node:assert/strict";
import { links, lookAt, phone, signIn } from "../harness/steps.mjs";

async function publicRooms(tools, picture) {
  await lookAt(tools, ["/cases/allegro", "/register", "/sign-in", "/forgotten", "/verify"], picture);
}

async function claimantRooms(tools, picture) {
  const { page, users } = tools;
  await signIn(page, users.claimant);
  await lookAt(tools, ["/claims", "/account", "/account/password", "/account/email", "/account/mail", "/mail"], picture);
  await page.goto("/mail");
  await lookAt(tools, (await links(page, /^\/mail\/\d+$/)).slice(0, 1), picture);
  await page.goto("/claims");
  const claims = await links(page, /^\/claims\/\d+$/);
  assert.equal(claims.length, 3, "the demo claimant acts for three claimants");
  let drafts = 0;
  for (const claim of claims) {
    await lookAt(tools, [claim], picture);
    await page.goto(claim);
    if (await page.getByText("Check your answers").count()) {
      drafts += 1;
      const steps = ["claimant", "agreement", "others", "documents", "check", "sign", "withdraw", "lines/held_inventory/new"];
      const categories = ["unpaid_sales", "held_inventory", "digital_royalties", "other"].map((category) => `lines/${category}`);
      await lookAt(tools, [...steps, ...categories].map((step) => `${claim}/${step}`), picture);
      await page.goto(`${claim}/lines/unpaid_sales`);
      await lookAt(tools, (await links(page, /\/line\/\d+$/)).slice(0, 4), picture);
    }
    await page.goto(claim);
    await lookAt(tools, (await links(page, /\/versions\/\d+$/)).slice(0, 2), picture);
  }
  assert.ok(drafts >= 1, "a draft is among them");
}

async function counselRooms(tools, picture) {
  const { page, users } = tools;
  await signIn(page, users.counsel);
  await lookAt(tools, ["/counsel", "/counsel/allegro", "/counsel/allegro/exports", "/counsel/allegro/events"], picture);
  await lookAt(tools, ["/counsel/allegro/claims", "/counsel/allegro/claims?sort=amount", "/counsel/allegro/claims?text=nobody-has-this-name"], picture);
  await page.goto("/counsel/allegro/claims?sort=amount");
  const claims = await links(page, /\/counsel\/allegro\/claims\/ALG-/);
  assert.ok(claims.length >= 20, "the register lists claims");
  await lookAt(tools, claims.slice(0, 2), picture);
  for (const list of ["matches", "overlaps"]) {
    await lookAt(tools, [`/counsel/allegro/${list}`, `/counsel/allegro/${list}?show=all`], picture);
    await page.goto(`/counsel/allegro/${list}?show=all`);
    const found = await links(page, new RegExp(`^/counsel/allegro/${list}/\\d+$`));
    await lookAt(tools, found.slice(0, 2), picture);
    if (list === "overlaps") {
      await lookAt(tools, found.slice(0, 1).map((entry) => `${entry}/letter`), picture);
    }
  }
  for (const kind of ["direction", "return"]) {
    await lookAt(tools, [`/counsel/allegro/letters?kind=${kind}`], picture);
    const letters = await links(page, /^\/counsel\/allegro\/letters\/\d+$/);
    await lookAt(tools, letters.slice(0, 1), picture);
  }
  await lookAt(tools, ["/counsel/allegro/letters/texts"], picture);
  await mailRooms(tools, picture);
  await filingRooms(tools, picture);
}

async function mailRooms(tools, picture) {
  const { page } = tools;
  const mail = "/counsel/allegro/mail";
  const rooms = ["", "?state=waiting", "?state=failed", "/write?status=submitted", "/news", "/templates", "/templates/new", "/preferences"];
  await lookAt(tools, rooms.map((room) => mail + room), picture);
  for (const list of [`${mail}?state=waiting`, `${mail}?state=failed`]) {
    await page.goto(list);
    await lookAt(tools, (await links(page, /\/mail\/\d+$/)).slice(0, 1), picture);
  }
  await page.goto(mail);
  await lookAt(tools, (await links(page, /\/mail\/mailings\/\d+$/)).slice(0, 1), picture);
}

// The first visit builds a filing and waits for it on the page, which shows how it goes on by itself; later ones find it.
async function filingRooms(tools, picture) {
  const { page } = tools;
  const list = "/counsel/allegro/filings";
  await page.goto(list);
  const built = page.getByRole("link", { name: "Filing 1", exact: true });
  if (!(await built.count())) {
    if (await page.getByRole("button", { name: "Build filing 1" }).count()) {
      await page.getByRole("button", { name: "Build filing 1" }).click();
    }
    await built.waitFor({ timeout: 180_000 });
  }
  await lookAt(tools, [list, `${list}/settings`, `${list}/1`], picture);
}

async function administratorRooms(tools, picture) {
  await signIn(tools.page, tools.users.administrator);
  await lookAt(tools, ["/admin", "/admin/cases/new", "/admin/cases/allegro", "/admin/accounts", "/admin/mail"], picture);
}

const rooms = { public: publicRooms, claimant: claimantRooms, counsel: counselRooms, administrator: administratorRooms };
const ways = {
  "": {},
  " in the dark on a phone": { viewport: phone, colorScheme: "dark" },
  " without JavaScript": { javaScript: false },
};

export default Object.entries(rooms).flatMap(([role, look]) =>
  Object.entries(ways).map(([way, options]) => ({
    name: `${role}${way}`,
    options,
    run: (tools) => look(tools, `${role}${way}`.replaceAll(" ", "-")),
  })),
);
