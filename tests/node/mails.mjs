// The mails that a server wrote into its folder.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const PATIENCE_MS = 30_000;

/** The confirmation link of the mail about the order `number`, once the worker has written it. */
export async function confirmationLink(folder, number) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    for (const mail of await mails(folder)) {
      const link = /https?:\/\/[^\s"<>]*action=cancel/.exec(mail)?.[0];
      if (link && mail.includes(number)) return link;
    }
    await wait(100);
  }
  throw new Error(`No mail with a link for order ${number} came to ${folder}.`);
}

async function mails(folder) {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".eml"));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "latin1")));
  return texts.map((text) => withoutQuotedPrintable(text).replaceAll("&amp;", "&"));
}

function withoutQuotedPrintable(text) {
  const joined = text.replace(/=\r?\n/g, "");
  return joined.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
