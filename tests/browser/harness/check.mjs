// One check: a fresh browser context, the check's own code, and an eye on what no page of ours may do.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { axe } from "./axe.mjs";

const PATIENCE = 60_000;

/**
 * Runs a check and returns what went wrong, as texts. A check is { name, run, options? }; options are those of
 * `newContext` below. `run` gets { page, context, newContext, base, users, axe, shot }.
 */
export async function runCheck(check, { browser, demo, screenshots }) {
  const problems = [];
  const contexts = [];
  const newContext = async (options) => {
    const context = await openContext(browser, demo.base, options, problems);
    contexts.push(context);
    return context;
  };
  const shot = async (page, name) => {
    await mkdir(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  };
  let clock;
  try {
    const context = await newContext(check.options);
    const page = await context.newPage();
    const late = new Promise((_, reject) => {
      clock = setTimeout(() => reject(new Error(`not done after ${PATIENCE / 1000} s`)), PATIENCE);
    });
    const tools = { page, context, newContext, base: demo.base, users: demo.users, axe, shot };
    await Promise.race([check.run(tools), late]);
  } catch (cause) {
    problems.push(cause.stack ?? String(cause));
  } finally {
    clearTimeout(clock);
    for (const context of contexts) await context.close();
  }
  return problems;
}

/**
 * A browser without memory. Options: javaScript (true), viewport ({ width: 1280, height: 800 }), colorScheme ("light"),
 * expectErrors (false): console errors are part of the check, as when it asks for a page that is refused.
 */
async function openContext(browser, base, options = {}, problems) {
  const { javaScript = true, viewport = { width: 1280, height: 800 }, colorScheme = "light", expectErrors = false } = options;
  const context = await browser.newContext({
    baseURL: base,
    javaScriptEnabled: javaScript,
    viewport,
    colorScheme,
    locale: "en-US",
    timezoneId: "America/Los_Angeles",
  });
  context.withoutJavaScript = !javaScript;
  context.setDefaultTimeout(15_000);
  await context.route(
    (url) => isElsewhere(url, base),
    (route) => {
      problems.push(`A page asked another host: ${route.request().url()}`);
      return route.abort();
    },
  );
  // Chromium reports a violation of the content security policy as a console error, with or without JavaScript.
  context.on("console", (message) => {
    const { url, lineNumber } = message.location();
    if (message.type() === "error" && !expectErrors) problems.push(`Console: ${message.text()}\n  ${url}:${lineNumber}`);
  });
  context.on("weberror", (error) => problems.push(`Uncaught: ${error.error().stack ?? error.error()}`));
  return context;
}

function isElsewhere(url, base) {
  return ["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.host !== new URL(base).host;
}
