// Every journey from its first page to its last: by the keyboard alone, and without JavaScript.

import { Keyboard, Pointer } from "../harness/hands.mjs";
import { fileClaim, register, reviewCase, setUpSecondFactor } from "../harness/journeys.mjs";
import { fitsAcross, phone } from "../harness/steps.mjs";

const looking = ({ page, axe }) => async () => {
  await fitsAcross(page);
  await axe(page);
};

const ways = {
  "by keyboard alone": { hand: Keyboard, patience: 120_000 },
  "without JavaScript on a phone": { hand: Pointer, options: { javaScript: false, viewport: phone }, patience: 120_000 },
};

export default Object.entries(ways).flatMap(([way, { hand: Hand, options, patience }]) => [
  {
    name: `a claim is filed ${way}`,
    options,
    patience,
    run: async (tools) => void (await fileClaim(new Hand(tools.page), tools, `Reed ${Hand.name}`, looking(tools))),
  },
  {
    name: `a case is reviewed ${way}`,
    ownDemo: true,
    options,
    patience,
    run: (tools) => reviewCase(new Hand(tools.page), tools.users.counsel, looking(tools)),
  },
  {
    name: `a second factor is set up ${way}`,
    options,
    patience,
    run: async (tools) => {
      const hand = new Hand(tools.page);
      const email = await register(hand, `Sedge ${Hand.name}`);
      await setUpSecondFactor(hand, { email, password: "four quiet words here" }, looking(tools));
    },
  },
]);
