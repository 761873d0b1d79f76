// Two ways to work a page: pointing, as with a mouse or a finger, and by the keyboard alone. Journeys are written once for both.

import assert from "node:assert/strict";

class Hand {
  constructor(page) {
    this.page = page;
  }

  /** Presses what leads to another page, or to the same one anew, and waits for that. */
  async go(control) {
    await this.page.evaluate(() => (globalThis.left = true));
    await this.press(control);
    const until = Date.now() + 30_000;
    // While the page is being left it cannot be asked.
    while (await this.page.evaluate(() => globalThis.left === true).catch(() => true)) {
      assert.ok(Date.now() < until, `${control} leads nowhere from ${this.page.url()}`);
      await this.page.waitForTimeout(30);
    }
    await this.page.waitForLoadState();
  }
}

/** Works with a pointer; pages need no script for it. */
export class Pointer extends Hand {
  async skip() {}
  async type(field, text) {
    await field.fill(text);
  }
  async choose(field, option) {
    await field.selectOption({ label: option });
  }
  async tick(field) {
    await field.check();
  }
  async press(control) {
    await control.click();
  }
  async attach(field, files) {
    await field.setInputFiles(files);
  }
}

/** Works with Tab, Enter, Space, arrows within a group of choices, and letters; looks at every stop of the focus. */
export class Keyboard extends Hand {

  /** The first Tab of a page shows the link that jumps over its head. */
  async skip() {
    await this.page.keyboard.press("Tab");
    const first = await this.focused();
    assert.equal(first.text, "Skip to the content", "the first stop is the link to the content");
    assert.ok(first.seen, "the link to the content can be seen while it has the focus");
    await this.page.keyboard.press("Enter");
    await this.page.keyboard.press("Tab");
    assert.ok((await this.focused()).inMain, "after it comes what is in the content");
  }

  /** Moves the focus on until it is at the control. */
  async reach(control) {
    await control.first().waitFor({ state: "attached" });
    const isThere = () => control.first().evaluate((element) => element === document.activeElement);
    let last = await this.focused();
    for (let stops = 0; stops < 400; stops += 1) {
      if (await isThere()) return;
      await this.page.keyboard.press("Tab");
      const now = await this.focused(last.place);
      assert.ok(now.atEnd || now.seen, `the focus can be seen at ${now.html}`);
      assert.ok(now.atEnd || last.atEnd || now.later, `the focus goes on, not back, to ${now.html}`);
      last = now;
    }
    assert.fail(`no Tab leads to ${control} on ${this.page.url()}`);
  }

  /** Where the focus is: whether it can be seen there, and whether that is later on the page than where it was. */
  async focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      const before = globalThis.stoppedAt;
      globalThis.stoppedAt = element;
      if (!element || element === document.body) return { atEnd: true };
      const style = getComputedStyle(element);
      const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
      const within = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && width > 0 && height > 0;
      const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return {
        seen: within && marked,
        later: !before?.isConnected || Boolean(before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING),
        inMain: Boolean(element.closest("main")),
        text: element.textContent.trim(),
        html: element.outerHTML.slice(0, 200),
      };
    });
  }

  async type(field, text) {
    await this.reach(field);
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(text);
  }

  async choose(field, option) {
    await this.reach(field);
    await this.page.keyboard.type(option);
    assert.equal(await field.evaluate((select) => select.selectedOptions[0].textContent.trim()), option);
  }

  /** Of a group of choices Tab reaches one; arrows go from there. */
  async tick(field) {
    if ((await field.getAttribute("type")) !== "radio") {
      await this.reach(field);
      await this.page.keyboard.press("Space");
    } else {
      const name = await field.getAttribute("name");
      const group = this.page.locator(`input[type=radio][name="${name}"]`);
      const chosen = group.and(this.page.locator(":checked"));
      await this.reach((await chosen.count()) ? chosen : group);
      await this.page.keyboard.press("Space");
      for (let steps = 0; steps < 10 && !(await field.isChecked()); steps += 1) await this.page.keyboard.press("ArrowDown");
    }
    assert.ok(await field.isChecked());
  }

  async press(control) {
    await this.reach(control);
    const button = await control.first().evaluate((element) => element.tagName === "BUTTON");
    await this.page.keyboard.press(button ? "Space" : "Enter");
  }

  async attach(field, files) {
    // With several pages in one browser Chromium now and then opens no chooser for a key; a person presses again.
    for (let tries = 1; ; tries += 1) {
      await this.reach(field);
      const opened = this.page.waitForEvent("filechooser", { timeout: 5_000 });
      await this.page.keyboard.press("Space");
      const chooser = await opened.catch((cause) => {
        if (tries === 4) throw cause;
      });
      if (chooser) return chooser.setFiles(files);
    }
  }
}
