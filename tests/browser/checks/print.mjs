// What is printed: everything that counts, nothing that only a screen needs, nothing cut.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { links, signIn } from "../harness/steps.mjs";

// A4 less the margins of the stylesheet, in CSS pixels.
const PAPER = { width: 672, height: 985 };

/** Text of the page as printed; throws if the page or a table is wider than the paper. */
async function printed(page, folder, name) {
  const sums = await page.locator("main .sum .result, main tfoot .amount").allTextContents();
  await page.setViewportSize(PAPER);
  await page.emulateMedia({ media: "print" });
  const cut = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("main, main *")]
      .filter((element) => !element.closest(".hidden") && getComputedStyle(element).display !== "inline" && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .map((element) => `${element.tagName}.${element.className}: ${element.scrollWidth} in ${element.clientWidth} px`),
  );
  assert.deepEqual(cut, [], `${page.url()} is wider than paper`);
  const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.pdf`);
  await writeFile(file, pdf);
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 1280, height: 800 });
  const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  const pages = text.split("\f").slice(0, -1);
  assert.ok(pages.length > 1, `${name} takes more than one page`);
  for (const [at, page] of pages.entries()) assert.match(page, /\w{3}/, `page ${at + 1} of ${name} is not empty`);
  for (const word of ["Sign out", "My claims", "Change", "Skip to", "All tasks", "This receipt as PDF"]) {
    assert.ok(!new RegExp(`\\b${word}\\b`).test(text), `“${word}” is not printed on ${name}`);
  }
  const flat = text.replaceAll(/\s+/g, " ");
  assert.ok(sums.length > 0, `${name} has sums`);
  for (const sum of sums) {
    const figure = sum.match(/[\d,]+\.\d\d/)?.[0];
    if (figure) assert.ok(flat.includes(figure), `the sum ${figure} is printed on ${name}`);
  }
  return flat;
}

export default [
  {
    name: "check-your-answers and receipt on paper",
    run: async ({ page, users, printed: folder }) => {
      await signIn(page, users.claimant);
      await page.goto("/claims");
      const draft = await page.getByRole("row").filter({ hasText: "No number yet" }).getByRole("link").first().getAttribute("href");
      await page.goto(`${draft}/check`);
      const answers = await page.locator("main dd.answer").allTextContents();
      const check = await printed(page, folder, "check");
      assert.ok(answers.length > 10);
      for (const answer of answers.map((text) => text.trim()).filter((text) => /^[\w ,.+@-]{1,24}$/.test(text))) {
        assert.ok(check.includes(answer), `the answer “${answer}” is printed`);
      }
      await page.goto("/claims");
      const sent = await page.getByRole("row").filter({ hasText: "ALG-" }).last().getByRole("link").first().getAttribute("href");
      await page.goto(sent);
      await page.goto((await links(page, /\/versions\/\d+$/))[0]);
      const number = (await page.locator("h1").textContent()).match(/ALG-\S+/)[0];
      const hash = await page.getByText(/^[0-9a-f]{64}$/).first().textContent();
      const receipt = await printed(page, folder, "receipt");
      assert.ok(receipt.includes(number), "the number is printed");
      assert.ok(receipt.replaceAll(" ", "").includes(hash), "the hash is printed");
    },
  },
];
