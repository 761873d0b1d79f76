// The system's Chromium, kept from talking to anybody but this machine.

import { accessSync } from "node:fs";
import { chromium } from "playwright-core";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function startBrowser() {
  return chromium.launch(found());
}

/** A browser that remembers, in a folder: other programs that connect to it see its sign-ins. */
export async function openBrowser(profile, { args, ...options }) {
  const { executablePath, args: flags } = found();
  return chromium.launchPersistentContext(profile, { executablePath, args: [...flags, ...args], ...options });
}

function found() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  try {
    accessSync(executablePath);
  } catch {
    throw new Error(`There is no ${executablePath}; install Chromium, or name it in CHROMIUM.`);
  }
  // Chromium's sandbox refuses to run as root.
  return { executablePath, args: process.getuid?.() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS };
}
