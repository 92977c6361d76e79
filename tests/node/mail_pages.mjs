// Opens the HTML of mails in a browser, as a mail program with few means would.
//
//   node mail_pages.mjs FOLDER
//
// FOLDER is what `countermand mail preview --out FOLDER` wrote. The script exits with 1 when a mail does not fit a
// narrow screen, loads anything, or has a barrier that axe knows.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { withBrowser } from "./browser.mjs";
import { isAccessible } from "./storefront/accessible.mjs";

/** A mail is shown inside the page of a mail program, which has the landmarks. */
const WITHOUT = ["landmark-one-main", "region"];

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node mail_pages.mjs FOLDER");
  process.exit(2);
}

const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html"));
assert.ok(files.length > 0, `${folder} holds mails`);
await withBrowser(async (context) => {
  const page = await context.newPage();
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  for (const name of files) {
    const address = pathToFileURL(join(resolve(folder), name)).href;
    loaded.length = 0;
    await page.setViewportSize({ width: 700, height: 800 });
    await page.goto(address);
    assert.deepEqual(loaded, [address], "a mail loads nothing but itself");
    await isAccessible(page, { without: WITHOUT });
    await page.setViewportSize({ width: 320, height: 640 });
    await fits(page);
    await page.evaluate(withLongWords);
    await fits(page);
    console.log(name);
  }
});

/** Puts a word as long as a name may be in place of each text but the amounts. */
function withLongWords() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (/[a-z]/i.test(text.data)) text.data = "W".repeat(200);
  }
}

async function fits(page) {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= screen, `${page.url()} is ${content} wide on a screen of ${screen}`);
}
