// Accessibility as axe-core sees it: any violation is a failure.

import { AxeBuilder } from "@axe-core/playwright";

/** Throws with every violation of the page, its elements and what would be right. */
export async function axe(page) {
  // axe itself needs the scripts that a check may have switched off. The page stays as it was parsed without them.
  const protocol = await page.context().newCDPSession(page);
  const javaScript = !page.context().withoutJavaScript;
  if (!javaScript) {
    // Chromium ignores what is no change to this connection, and another one switched them off.
    await protocol.send("Emulation.setScriptExecutionDisabled", { value: true });
    await protocol.send("Emulation.setScriptExecutionDisabled", { value: false });
  }
  // The legacy mode leaves out frames, which we have none of, and with them a second page that never gets its scripts back.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  if (!javaScript) await protocol.send("Emulation.setScriptExecutionDisabled", { value: true });
  await protocol.detach();
  if (violations.length === 0) return;
  const text = violations.map(({ id, impact, help, nodes }) => {
    const places = nodes.map((node) => `  ${node.target.join(" ")}\n    ${node.html}\n${explain(node)}`);
    return `${id} (${impact}): ${help}\n${places.join("\n")}`;
  });
  throw new Error(`axe found ${violations.length} on ${page.url()}\n${text.join("\n")}`);
}

function explain(node) {
  return node.failureSummary.replace(/^/gm, "    ");
}
