// Debian's Chromium, driven by playwright-core: a fresh profile, and a report of every problem on a page.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** How long a page may take to show what is waited for, on a machine that is busy with other tests. */
const PATIENCE_MS = 60_000;
/** How long the browser may take to start. */
const START_MS = 180_000;
/** Requests that a test cut off, or left by opening another page, are no problem. */
const CUT_OFF = /ERR_BLOCKED_BY_CLIENT|ERR_ABORTED|ERR_INTERNET_DISCONNECTED/;

/**
 * Opens a browser, gives `use` a context, and closes it in any case.
 *
 * The run fails when a page writes an error to its console, throws, or fails to load a file.
 */
export async function withBrowser(use) {
  const profile = await mkdtemp(join(tmpdir(), "countermand-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: QUIET,
    timeout: START_MS,
    locale: "en-US",
    colorScheme: "light",
    viewport: { width: 1120, height: 860 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const problems = [];
  const report = (problem) => CUT_OFF.test(problem) || problems.push(problem);
  const watch = (page) => {
    page.on("console", (message) => message.type() === "error" && report(`console: ${message.text()}`));
    page.on("pageerror", (error) => report(`thrown: ${error.message}`));
    page.on("requestfailed", (request) => report(`failed: ${request.url()} ${request.failure()?.errorText}`));
  };
  context.pages().forEach(watch);
  context.on("page", watch);
  try {
    await use(context);
  } catch (error) {
    throw new Error(`The pages were at:\n\n${await whatIsShown(context)}`, { cause: error });
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
  if (problems.length) throw new Error(`The pages reported problems:\n${problems.join("\n")}`);
}

/** The address and the text of each open page. */
async function whatIsShown(context) {
  const texts = context.pages().map(async (page) => `${page.url()}\n${await page.innerText("body")}`);
  return (await Promise.allSettled(texts)).map((text) => text.value ?? text.reason).join("\n\n");
}
