// One check: a fresh browser context, the check's own code, and an eye on what no page of ours may do.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { axe } from "./axe.mjs";
import { startDemo } from "./demo.mjs";

const PATIENCE = 60_000;
const PRINTED = new URL("../../../target/screenshots/printed", import.meta.url).pathname;
const FAILED = new URL("../../../target/screenshots/failed", import.meta.url).pathname;

/**
 * Runs a check and returns what went wrong, as texts. A check is { name, run, options?, ownDemo?, patience? }; options are those
 * of `newContext` below; `ownDemo` gives it a demo that no other check changes; `patience` is how many milliseconds it may
 * take. `run` gets { page, context, newContext, base, users, mailTo, axe, shot, printed }, the last a folder for what is printed.
 */
export async function runCheck(check, { browser, binary, demo: shared, screenshots, closing }) {
  const problems = [];
  const contexts = [];
  let demo = shared;
  let own;
  const newContext = async (options) => {
    const context = await openContext(browser, demo.base, options, problems);
    contexts.push(context);
    return context;
  };
  // Pictures of every page take a third of the time, so they are taken only where somebody wants to look at them.
  const shot = async (page, name) => {
    if (screenshots) await picture(page, screenshots, name);
  };
  let clock;
  try {
    if (check.ownDemo) {
      own = demo = await startDemo(binary);
      closing.push(own.stop);
    }
    const context = await newContext(check.options);
    const page = await context.newPage();
    const late = new Promise((_, reject) => {
      const patience = check.patience ?? PATIENCE;
      clock = setTimeout(() => reject(new Error(`not done after ${patience / 1000} s`)), patience);
    });
    const { base, users, mailTo } = demo;
    const tools = { page, context, newContext, base, users, mailTo, axe, shot, printed: PRINTED };
    await Promise.race([check.run(tools), late]);
  } catch (cause) {
    problems.push(cause.stack ?? String(cause));
    for (const page of contexts.flatMap((context) => context.pages())) {
      await picture(page, FAILED, `${check.name}-${contexts.indexOf(page.context())}`).catch(() => {});
    }
  } finally {
    clearTimeout(clock);
    for (const context of contexts) await context.close();
    if (own) {
      closing.splice(closing.indexOf(own.stop), 1);
      await own.stop();
    }
  }
  return problems;
}

async function picture(page, folder, name) {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(/[^\w.-]+/g, "-")}.png`), fullPage: true });
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
  context.on("request", (request) => {
    if (!javaScript && request.resourceType() === "script") problems.push(`Without JavaScript a page ran ${request.url()}`);
  });
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
