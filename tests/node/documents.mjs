// Validates the documents of tests/documents against schema.graphql, as the storefronts' own tools would, the requests
// that the pages of docs/flows paste, and the GraphQL of the other pages of docs.
//
//   node documents.mjs
//
// Prints file and message of each document that is not valid or whose variables do not fit its declarations, and
// exits with 1 when there is one, and when a page has no request.

import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, Kind, parse, validate, visit } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, 'tests/documents');
const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));

/** The text of a file with the files that it imports, each file once. */
function withImports(file, read = new Set()) {
  if (read.has(file)) return '';
  read.add(file);
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(/^#import "(.+)"$/gm)].map(([, path]) => resolve(dirname(file), path));
  return text + imports.map((path) => withImports(path, read)).join('\n');
}

/**
 * GraphCommerce declares the input of `guestOrder` with its older name. No strict schema can take both names, so the
 * server reads the older name as the newer one before it validates. This script does the same.
 */
function asTheServerReadsIt(document) {
  const newer = { kind: Kind.NAME, value: 'GuestOrderInformationInput' };
  return visit(document, {
    VariableDefinition: (variable) =>
      visit(variable, {
        NamedType: (type) => (type.name.value === 'OrderInformationInput' ? { ...type, name: newer } : undefined),
      }),
  });
}

/** The problems of one document, as messages. */
function problemsOf(file) {
  const document = asTheServerReadsIt(parse(withImports(file)));
  const operations = document.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
  const name = basename(file, '.graphql');
  if (operations.length !== 1 || operations[0].name?.value !== name) return [`holds another operation than ${name}`];
  const problems = validate(schema, document).map((problem) => problem.message);
  if (problems.length > 0) return problems;
  const variables = file.replace(/\.graphql$/, '.json');
  const values = existsSync(variables) ? JSON.parse(readFileSync(variables, 'utf8')) : {};
  const { errors = [] } = getVariableValues(schema, operations[0].variableDefinitions, values);
  return errors.map((problem) => problem.message);
}

const clients = readdirSync(folder, { withFileTypes: true }).filter((it) => it.isDirectory());
let documents = 0;
let refused = 0;
for (const client of clients.map((it) => join(folder, it.name))) {
  for (const file of readdirSync(client).filter((it) => it.endsWith('.graphql'))) {
    documents += 1;
    let problems;
    try {
      problems = problemsOf(join(client, file));
    } catch (problem) {
      problems = [String(problem)];
    }
    refused += problems.length > 0 ? 1 : 0;
    for (const message of problems) console.log(`${relative(root, join(client, file))}: ${message}`);
  }
}
console.log(`${documents - refused} of ${documents} documents of ${clients.length} clients are valid`);

/** The problems of a text with operations. */
function problemsOfText(text) {
  try {
    return validate(schema, parse(text)).map((problem) => problem.message);
  } catch (problem) {
    return [String(problem)];
  }
}

/** A request of a page, which `ask` or `curl` sends. */
const REQUEST = /^(?:ask|  --data-urlencode query@-) .*<<'?EOF'?(?: &)?\n([^]*?)^EOF$/gm;

/** The problems of the requests of one page, each between `<<EOF` and `EOF`; the shell's variables are texts there. */
function problemsOfPage(page) {
  const requests = [...readFileSync(page, 'utf8').matchAll(REQUEST)].map(([, text]) => text);
  const problems = requests.flatMap(problemsOfText);
  return requests.length > 0 ? problems : ['has no request'];
}

const pages = readdirSync(join(root, 'docs/flows')).filter((it) => it !== 'README.md');
let wrong = 0;
for (const page of pages.map((it) => join(root, 'docs/flows', it))) {
  const problems = problemsOfPage(page);
  wrong += problems.length > 0 ? 1 : 0;
  for (const message of problems) console.log(`${relative(root, page)}: ${message}`);
}
console.log(`${pages.length - wrong} of ${pages.length} pages of flows have valid requests`);

/** The GraphQL blocks of a page: each holds one or more operations. */
function blocksOf(page) {
  return [...readFileSync(page, 'utf8').matchAll(/^```graphql\n([^]*?)^```$/gm)].map(([, text]) => text);
}

const guides = readdirSync(join(root, 'docs')).filter((it) => it.endsWith('.md'));
let blocks = 0;
for (const guide of guides.map((it) => join(root, 'docs', it))) {
  for (const text of blocksOf(guide)) {
    blocks += 1;
    const problems = problemsOfText(text);
    wrong += problems.length > 0 ? 1 : 0;
    for (const message of problems) console.log(`${relative(root, guide)}: ${message}`);
  }
}
console.log(`${blocks} blocks of the other pages are read`);
process.exitCode = refused + wrong === 0 && documents > 0 && pages.length > 0 && blocks > 0 ? 0 : 1;
