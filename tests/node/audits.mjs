// The GraphQL-over-HTTP audits of the package graphql-http against a running server.
//
//   node audits.mjs http://127.0.0.1:8080
//
// Prints each audit that fails, and exits with 1 when one does. Recommendations count too.

import { serverAudits } from 'graphql-http';

/** The number of audits in the pinned suite. A missing audit must not count as passed. */
const AUDITS = 61;

const address = process.argv[2];
if (!address) {
  console.error('usage: node audits.mjs ADDRESS');
  process.exit(2);
}

const audits = serverAudits({ url: new URL('/graphql', address).href });
const failed = [];
for (const audit of audits) {
  try {
    const result = await audit.fn();
    if (result.status !== 'ok') failed.push(`${result.status}: ${audit.id} ${audit.name}: ${result.reason}`);
  } catch (problem) {
    failed.push(`failed: ${audit.id} ${audit.name}: ${problem}`);
  }
}

for (const line of failed) console.log(line);
console.log(`${audits.length - failed.length} of ${audits.length} audits passed`);
if (audits.length !== AUDITS) console.log(`the suite must have ${AUDITS} audits`);
process.exitCode = failed.length === 0 && audits.length === AUDITS ? 0 : 1;
