// The product with its demo case, in a folder of its own, for as long as the checks run.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PATIENCE = 60_000;

/**
 * Starts `recoup demo` and reads from what it prints where it is and who may sign in.
 * Returns { base, users, mailTo, stop }; users by role: [{ email, password }], the first of a role also as users.<role>.email;
 * `mailTo(address, pattern)` waits for a mail in whose text the pattern is found, and gives what it found.
 */
export async function startDemo(binary) {
  const data = await mkdtemp(join(tmpdir(), "recoup-browser-"));
  const program = spawn(binary, ["demo", "--data-dir", data, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => program.once("close", resolve));
  const stop = async () => {
    program.kill("SIGTERM");
    const late = setTimeout(() => program.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    await rm(data, { recursive: true, force: true });
  };

  const said = [];
  const users = {};
  let base;
  const ready = new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`${binary} demo ${what}\n${said.join("\n")}`.trimEnd()));
    const late = setTimeout(() => fail(`was not ready within ${PATIENCE / 1000} s.`), PATIENCE);
    late.unref();
    program.once("error", (cause) => fail(`could not be started: ${cause.message}`));
    const read = (line) => {
      said.push(line);
      const user = line.match(/^\s*(claimant|counsel|administrator)\s+(\S+@\S+)\s+(\S+)\s*$/);
      if (user) addUser(users, user[1], { email: user[2], password: user[3] });
      const address = line.match(/Recoup is at (http:\/\/127\.0\.0\.1:\d+)/)?.[1];
      if (!address || base) return;
      base = address;
      waitUntilItAnswers(base, program).then(resolve, (cause) => fail(cause.message));
    };
    createInterface({ input: program.stdout }).on("line", read);
    createInterface({ input: program.stderr }).on("line", (line) => said.push(line));
    ended.then((status) => {
      clearTimeout(late);
      fail(`ended by itself with status ${status}.`);
    });
  });
  try {
    await ready;
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { base, users, said, stop, mailTo: (address, pattern) => mailTo(join(data, "mail"), address, pattern) };
}

/** Mails are files; the last one to the address counts. */
async function mailTo(folder, address, pattern) {
  for (const until = Date.now() + 15_000; Date.now() < until; ) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml")).sort();
    for (const name of names.reverse()) {
      const mail = await readFile(join(folder, name), "utf8");
      if (!mail.includes(`To: ${address}`)) continue;
      const text = mail.replace(/=\r?\n/g, "").replaceAll("=3D", "=");
      const found = text.match(pattern);
      if (found) return found[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No mail to ${address} has ${pattern}.`);
}

function addUser(users, role, user) {
  users[role] ??= Object.assign([], user);
  users[role].push(user);
}

async function waitUntilItAnswers(base, program) {
  while (program.exitCode === null) {
    const answer = await fetch(base, { redirect: "manual" }).catch(() => null);
    // The sign-ins may be printed after the address: leave them a moment to arrive.
    if (answer) return new Promise((resolve) => setTimeout(resolve, 200));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("ended before it answered.");
}
