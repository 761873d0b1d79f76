// Accessibility as axe-core sees it: any violation is a failure.

import { AxeBuilder } from "@axe-core/playwright";

/** One connection per page whose scripts are off: the day it is closed, Chromium would let every later page run its scripts. */
const connections = new WeakMap();

/** Throws with every violation of the page, its elements and what would be right. */
export async function axe(page) {
  const scripts = page.context().withoutJavaScript ? await switchOf(page) : () => {};
  // axe itself needs the scripts that a check may have switched off. The page stays as it was parsed without them.
  await scripts(true);
  // The legacy mode leaves out frames, which we have none of, and with them a second page that never gets its scripts back.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze().finally(() => scripts(false));
  if (violations.length === 0) return;
  const text = violations.map(({ id, impact, help, nodes }) => {
    const places = nodes.map((node) => `  ${node.target.join(" ")}\n    ${node.html}\n${explain(node)}`);
    return `${id} (${impact}): ${help}\n${places.join("\n")}`;
  });
  throw new Error(`axe found ${violations.length} on ${page.url()}\n${text.join("\n")}`);
}

/** What lets a page run scripts, and stops it, once the page has left its own scripts behind. */
async function switchOf(page) {
  await page.waitForLoadState("load");
  let protocol = connections.get(page);
  if (!protocol) {
    protocol = await page.context().newCDPSession(page);
    // Chromium ignores what is no change to this connection, and another one switched them off.
    await protocol.send("Emulation.setScriptExecutionDisabled", { value: true });
    connections.set(page, protocol);
  }
  return (run) => protocol.send("Emulation.setScriptExecutionDisabled", { value: !run });
}

function explain(node) {
  return node.failureSummary.replace(/^/gm, "    ");
}
