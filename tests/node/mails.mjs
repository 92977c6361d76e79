// Reads the mails in a server's folder like a mail program.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import PostalMime from "postal-mime";

const PATIENCE_MS = 30_000;

/** The confirmation link in the mail about the order `number`. The function waits until the worker wrote the mail. */
export async function confirmationLink(folder, number) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const texts = (await mails(folder)).map((mail) => mail.text ?? "").filter((text) => text.includes(number));
    const links = texts.map((text) => /https?:\S*confirmation_key=\S*/.exec(text)?.[0]);
    const link = links.find(Boolean);
    if (link) return link;
    await wait(100);
  }
  throw new Error(`No mail with a link for order ${number} came to ${folder}.`);
}

async function mails(folder) {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".eml"));
  return Promise.all(files.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))));
}
