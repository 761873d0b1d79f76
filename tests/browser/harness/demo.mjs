// The product with its demo case, in a folder of its own, for as long as the checks run.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PATIENCE = 60_000;

/**
 * Starts `recoup demo` and reads from what it prints where it is and who may sign in.
 * Returns { base, users, stop }; users by role: [{ email, password }], the first of a role also as users.<role>.email.
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
  return { base, users, said, stop };
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
