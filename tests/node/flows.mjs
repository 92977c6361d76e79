// Carries out the commands of a page of docs/flows in bash, as its reader pastes them, against a new demo, and compares
// what they print with what the page prints.
//
//   node flows.mjs PAGE ADDRESS MAIL_FOLDER CUSTOMER_TOKEN STAFF_TOKEN [HEADING]
//
// The variables CHANNEL, STRIPE and PAYMENTS name the addresses of other servers, which take the place of those on the
// page. A block of `bash` starts a server in a terminal of its own, which the caller of this program has done. A query
// whose answer is not yet the one on the page is sent again for a while, because workers and channels take time. So are
// commands without a request, such as `grep`, whose output the page prints. What runs in the background ends with bash.
//
// With a heading, it stops there: what follows needs more than the demo.
// Times, tokens and the ids of quotes differ from run to run. The ids of orders are those of the page, because the demo
// is new. Exits with 1 at the first output that is another one.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const [page, SHOP, MAIL, ANNA, OWNER, heading] = process.argv.slice(2);
if (!OWNER) {
  console.error("usage: node flows.mjs PAGE ADDRESS MAIL_FOLDER CUSTOMER_TOKEN STAFF_TOKEN [HEADING]");
  process.exit(2);
}
const FLOWS = new URL("../../docs/flows/", import.meta.url);
const BLOCK = /^```(\w+)\n([^]*?)^```$/gm;
/** What differs from run to run: times, dates, the ids of quotes, and tokens. */
const CHANGING =
  /\b\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?)?|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?<==)[\w-]{32,64}|"[\w-]{64}"/g;
/** How long a query is sent again, in milliseconds. */
const PATIENCE = 240_000;
/** The addresses of other servers on the pages, by the variables that name others in their place. */
const SERVERS = {
  CHANNEL: "http://127.0.0.1:9000",
  STRIPE: "http://127.0.0.1:9200",
  PAYMENTS: "http://127.0.0.1:9100",
};
/** Stands behind the output of a request or of a mail, and behind that of a block. */
const END = { request: "\x1d", mail: "\x1e", block: "\x1f" };
/** What the page asks its reader to put into a variable: where the newest output has it. */
const TAKEN = {
  QUOTE: /"quote": \{\s*"id": "([^"]+)"/,
  TOKEN: /orderRef=([\w-]{64})|"token": "([\w-]{64})"/,
  KEY: /confirmation_key=([\w-]+)/,
  JOB: /"bulk_cancellation": \{\s*"id": "([^"]+)"/,
  REFUND: /"needsAttention": \{\s*"items": \[\s*\{\s*"id": "([^"]+)"/,
};

const bash = spawn("bash", { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, SHOP, MAIL, ANNA, OWNER } });
bash.stdout.setEncoding("utf8");
const outputs = [];
let compared = 0;
/** The newest block of commands. */
let commands = "";
/** What these commands printed, if they have no request and no mail; null if they have one. */
let plain = null;
await run(commandsOfReadme());
const [text, rest] = readFileSync(new URL(page, FLOWS), "utf8").split(`\n## ${heading}\n`);
assert.ok(!heading || rest, `${page} has no heading ${heading}`);
for (const [, language, block] of text.matchAll(BLOCK)) {
  if (language === "bash") continue;
  if (language === "sh") {
    commands = withServers(block);
    outputs.push(...(await run(commands)));
  } else await compare(language, block);
}
bash.stdin.end();
assert.ok(compared > 0 && outputs.length === 0, `${page} does not print: ${outputs[0]?.text}`);
console.log(`${page}: ${compared} outputs are as printed`);

/** The commands with the addresses of the servers that the caller of this program has started. */
function withServers(block) {
  let text = block;
  for (const [name, address] of Object.entries(SERVERS)) text = text.replaceAll(address, process.env[name] ?? address);
  return text;
}

/** `ask` and `mail` as the README of the folder has them, each with a mark behind its output. */
function commandsOfReadme() {
  const readme = readFileSync(new URL("README.md", FLOWS), "utf8");
  const [, , block] = [...readme.matchAll(BLOCK)].find(([, , text]) => text.includes("ask() {"));
  const marked = (name, mark) =>
    `eval "$(declare -f ${name} | sed '1s/${name}/readme_${name}/')"; ${name}() { readme_${name} "$@"; printf '${mark}'; }`;
  const functions = block.replace(/^[A-Z]+=.*$/gm, "");
  const atEnd = "trap 'kill $(jobs -p) 2> /dev/null' EXIT";
  return `${functions}\n${marked("ask", END.request)}\n${marked("mail", END.mail)}\n${atEnd}\n`;
}

/** Runs commands, and gives what each request and each mail printed: `{ kind, text }`. */
async function run(commands) {
  bash.stdin.write(`${commands}\nprintf '${END.block}'\n`);
  let printed = "";
  for await (const part of bash.stdout.iterator({ destroyOnReturn: false })) {
    printed += part;
    if (printed.includes(END.block)) break;
  }
  const found = [...printed.matchAll(/([^\x1d\x1e]*)([\x1d\x1e])/g)];
  const all = found.map(([, text, mark]) => ({ kind: mark === END.request ? "json" : "text", text }));
  for (const output of all) remember(output.text);
  plain = all.length === 0 ? printed.replace(END.block, "") : null;
  return all;
}

function remember(text) {
  for (const [name, pattern] of Object.entries(TAKEN)) {
    const value = pattern.exec(text)?.slice(1).find(Boolean);
    if (value) bash.stdin.write(`${name}='${value}'\n`);
  }
}

/** Compares the oldest output with what the page prints. The page may leave out parts, with `...` in their place. */
async function compare(kind, block) {
  const isPlain = outputs.length === 0 && plain !== null;
  const isQuery = outputs.length === 1 && /\nquery /.test(commands);
  const until = Date.now() + PATIENCE;
  for (;;) {
    const output = isPlain ? { kind, text: plain } : outputs.shift();
    try {
      return compareWith(output, kind, block);
    } catch (difference) {
      if (!(isQuery || isPlain) || Date.now() > until) throw difference;
    }
    await new Promise((resume) => setTimeout(resume, 1000));
    outputs.push(...(await run(commands)));
  }
}

function compareWith(output, kind, block) {
  assert.equal(output?.kind, kind, `${page} prints what no command printed: ${block}`);
  const expected = block.split(/^\s*\.\.\.\n/gm).map(steady);
  if (expected.length === 1) assert.equal(steady(output.text), expected[0], page);
  for (const part of expected) assert.ok(steady(output.text).includes(part), `${page}: ${part} is not in ${output.text}`);
  compared += 1;
}

function steady(text) {
  return text.replaceAll("\r", "").replace(CHANGING, "-").trim();
}
