// The key pages as a screen reader hears them: every control has its name, every table its heads, in the order accepted before.

import { Pointer } from "../harness/hands.mjs";
import { fileClaim, setUpSecondFactor } from "../harness/journeys.mjs";
import { heard } from "../harness/snapshot.mjs";
import { links, signIn } from "../harness/steps.mjs";

const FACTOR = ["explained", "begun", "active", "asked"];

export default [
  {
    name: "a claimant's pages",
    ownDemo: true,
    patience: 120_000,
    run: async (tools) => {
      const { page } = tools;
      for (const [path, name] of [["/", "cases"], ["/cases/allegro", "case"], ["/register", "register"], ["/sign-in", "sign-in"]]) {
        await page.goto(path);
        await heard(page, name);
      }
      const hand = new Pointer(page);
      const { email, password } = await fileClaim(hand, tools, "Marsh Harrier", (place) => heard(page, place));
      await page.goto("/mail");
      await heard(page, "mail");
      await page.goto("/account/mail");
      await heard(page, "preferences");
      await setUpSecondFactor(hand, { email, password }, async (place) => {
        if (FACTOR.includes(place)) await heard(page, `second-factor-${place}`);
      });
    },
  },
  {
    name: "counsel's pages",
    ownDemo: true,
    patience: 120_000,
    run: async ({ page, users }) => {
      const base = "/counsel/allegro";
      await signIn(page, users.counsel);
      for (const place of ["", "claims", "matches", "overlaps", "filings", "letters", "mail", "mail/write", "mail/preferences", "exports"]) {
        await page.goto(`${base}/${place}`.replace(/\/$/, ""));
        await heard(page, `counsel-${place.replace("/", "-") || "overview"}`);
      }
      // By money, so that the same ones come first whenever the demo was loaded.
      for (const [list, pattern, name] of [
        ["claims?sort=amount", /\/claims\/ALG-/, "claim"],
        ["matches", /\/matches\/\d+$/, "match"],
        ["overlaps", /\/overlaps\/\d+$/, "overlap"],
        ["letters", /\/letters\/\d+$/, "letter"],
      ]) {
        await page.goto(`${base}/${list}`);
        await page.goto((await links(page, pattern))[0]);
        await heard(page, `counsel-${name}`);
      }
    },
  },
];
