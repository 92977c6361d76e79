// Reads the mails in a server's folder like a mail program.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import PostalMime from "postal-mime";

const PATIENCE_MS = 120_000;

/** The confirmation links in the mails about the order `number`, oldest first, as soon as there are `count`. */
export function confirmationLinks(folder, number, count) {
  return links(folder, (text) => text.includes(number) && /https?:\S*confirmation_key=\S*/.exec(text)?.[0], count);
}

/** The link in the mail for a new password. */
export async function passwordLink(folder) {
  const [link] = await links(folder, (text) => /https?:\S*create-password\?\S*/.exec(text)?.[0], 1);
  return link;
}

/** The link in the mail that says that the order `number` is canceled. */
export async function canceledOrderLink(folder, number) {
  const linkIn = (text) => text.includes(`${number} was canceled.`) && /https?:\S*\?orderRef=\S*/.exec(text)?.[0];
  const [link] = await links(folder, linkIn, 1);
  return link;
}

/** What `linkIn` finds in the texts of the mails. The function waits until the worker wrote `count` such mails. */
async function links(folder, linkIn, count) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const found = (await mails(folder)).map((mail) => linkIn(mail.text ?? "")).filter(Boolean);
    if (found.length >= count) return found;
    await wait(100);
  }
  throw new Error(`No ${count} mails with such a link came to ${folder}.`);
}

async function mails(folder) {
  const names = await readdir(folder).catch(() => []);
  // The names are ids in the sequence in which the mails were caused.
  const files = names.filter((name) => name.endsWith(".eml")).sort();
  return Promise.all(files.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))));
}
