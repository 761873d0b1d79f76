// Pages as a screen reader hears them: every control has its name, every table its heads, in the order accepted before. What is
// on the way of a journey is heard in journeys.mjs.

import { heard } from "../harness/snapshot.mjs";
import { links, signIn } from "../harness/steps.mjs";

const PATIENCE = 300_000;

/** Pages of each role by their addresses. */
const PAGES = {
  stranger: ["/", "/cases/allegro", "/register", "/sign-in", "/forgotten", "/sign-in/lost-device", "/verify"],
  claimant: ["/claims", "/account", "/account/password", "/account/email", "/account/mail", "/account/second-factor", "/mail"],
  counsel: [
    ...["", "claims", "matches", "overlaps", "letters", "letters?kind=return", "letters/texts", "filings/settings", "exports", "events"],
    ...["mail", "mail?state=failed", "mail/write", "mail/news", "mail/templates/new", "mail/preferences"],
  ].map((place) => `/counsel/allegro/${place}`.replace(/\/$/, "")),
  administrator: ["/admin", "/admin/cases/new", "/admin/cases/allegro", "/admin/accounts", "/admin/mail"],
};

/** Pages that only a link leads to: the list, the link, the name. By money, so that the same come first on every day. */
const FIRST = {
  stranger: [],
  claimant: [["/mail", /^\/mail\/\d+$/, "one-mail"]],
  counsel: [
    ["claims?sort=amount", /\/claims\/ALG-/, "claim"],
    ["matches", /\/matches\/\d+$/, "match"],
    ["overlaps", /\/overlaps\/\d+$/, "overlap"],
    ["letters", /\/letters\/\d+$/, "letter"],
    ["mail?state=failed", /\/mail\/\d+$/, "failed-mail"],
  ].map(([list, pattern, name]) => [`/counsel/allegro/${list}`, pattern, name]),
  administrator: [],
};

const name = (address) => address.replace("/counsel/allegro", "").replace(/^\//, "").replaceAll(/[/?=]/g, "-") || "first";

export default Object.keys(PAGES).map((role) => ({
  name: `pages of a ${role}`,
  ownDemo: true,
  patience: PATIENCE,
  run: async ({ page, users }) => {
    if (users[role]) await signIn(page, users[role]);
    for (const [at, address] of PAGES[role].entries()) {
      await page.goto(address);
      // Head and foot are the same on every page of a role.
      await heard(page, `${role}-${name(address)}`, at === 0 ? "body" : "main");
    }
    for (const [list, pattern, what] of FIRST[role]) {
      await page.goto(list);
      await page.goto((await links(page, pattern))[0]);
      await heard(page, `${role}-${what}`);
    }
  },
}));
