// Every journey from its first page to its last: by the keyboard alone, and without JavaScript on a telephone.

import { Keyboard, Pointer } from "../harness/hands.mjs";
import { resetPassword, setUpSecondFactor, signInBy } from "../harness/journeys/account.mjs";
import { disableAccount, makeCase } from "../harness/journeys/administrator.mjs";
import { PASSWORD, changeOnesMind, fileClaim, importStatement, register } from "../harness/journeys/claim.mjs";
import { buildFiling, decideOverlap, reviewCase, writeLetters, writeToMany } from "../harness/journeys/counsel.mjs";
import { heard } from "../harness/snapshot.mjs";
import { fitsAcross, phone } from "../harness/steps.mjs";

const PATIENCE = 600_000;

/** Pages that say what is done beside them, such as matching anew or sending mails: how far that is differs from run to run. */
const UNSTEADY = ["decided", "overlaps", "undecided", "mailing", "stopped"];

/** Axe at each page of note, and by keyboard what a screen reader hears of it. Every page in every window is in pages.mjs. */
const looking = ({ page, axe }, journey) => async (place, tab = page) => {
  await fitsAcross(tab);
  await axe(tab);
  if (journey && !UNSTEADY.includes(place)) await heard(tab, `${journey}-${place}`);
};

const ways = {
  "by keyboard alone": { hand: Keyboard, options: {}, listens: true },
  "without JavaScript on a phone": { hand: Pointer, options: { javaScript: false, viewport: phone } },
};

/** What is done on the demo case changes what others would find, so each of these has a demo of its own. */
const journeys = {
  "a claim is filed, amended and withdrawn": async (hand, tools, look) => {
    const { claim } = await fileClaim(hand, tools, `Reed ${hand.constructor.name}`, look);
    await changeOnesMind(hand, claim, look);
  },
  "a statement is imported": (hand, _, look) => importStatement(hand, `Rush ${hand.constructor.name}`, look),
  "a second factor is set up, a password set anew": async (hand, tools, look) => {
    const email = await register(hand, `Sedge ${hand.constructor.name}`);
    await setUpSecondFactor(hand, { email, password: PASSWORD }, look);
    const signOut = () => hand.go(hand.page.getByRole("button", { name: "Sign out" }));
    await signOut();
    const other = await register(hand, `Iris ${hand.constructor.name}`);
    await signOut();
    await resetPassword(hand, tools, other, look);
  },
  "a case is reviewed and filed": async (hand, { users }, look) => {
    await signInBy(hand, users.counsel);
    await reviewCase(hand, look);
    await decideOverlap(hand, look);
    await buildFiling(hand, look);
  },
  "letters and mails are written": async (hand, { users }, look) => {
    await signInBy(hand, users.counsel);
    await writeLetters(hand, look);
    await writeToMany(hand, look);
  },
  "a case is made, counsel invited": async (hand, tools, look) => {
    await signInBy(hand, tools.users.administrator);
    const elsewhere = await tools.newContext({ ...tools.options, expectErrors: true });
    const { email } = await makeCase(hand, new hand.constructor(await elsewhere.newPage()), tools, look);
    await disableAccount(hand, email, look);
  },
};

export default Object.entries(ways).flatMap(([way, { hand: Hand, options, listens }]) =>
  Object.entries(journeys).map(([what, go]) => ({
    name: `${what}, ${way}`,
    ownDemo: true,
    // Wrong forms answer 422, which Chromium reports as a console error.
    options: { ...options, expectErrors: true },
    patience: PATIENCE,
    run: (tools) => go(new Hand(tools.page), { ...tools, options }, looking(tools, listens && what.replace(/,.*/, "").replaceAll(" ", "-"))),
  })),
);
