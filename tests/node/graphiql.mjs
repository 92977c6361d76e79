// Opens GraphiQL of a running demo in a browser, runs an example, and checks its answer.
//
//   node graphiql.mjs http://127.0.0.1:8080
//
// Exits with 1 when an answer is missing or the page reports a problem.

import assert from "node:assert/strict";

import { withBrowser } from "./browser.mjs";
import { PAID } from "./shop.mjs";

// The title of a tab is the name of its operation; the text is a part of the demo's data.
const EXAMPLES = [
  ["StoreConfig", "The order was placed by mistake"],
  ["MyOrders", `"number": "${PAID}"`],
  ["WatchOrder", `"number": "${PAID}"`],
];

const address = process.argv[2];
if (!address) {
  console.error("usage: node graphiql.mjs ADDRESS");
  process.exit(2);
}

await withBrowser(async (context) => {
  const page = await context.newPage();
  await page.goto(`${address}/graphiql`);
  for (const [tab, text] of EXAMPLES) {
    await page.getByRole("tab", { name: tab }).click();
    const answer = page.locator(".graphiql-response");
    await untilShown(answer.getByText(text).first(), () =>
      page.getByRole("button", { name: /^Execute query/ }).click(),
    );
    assert.ok(!(await answer.innerText()).includes('"errors"'), `${tab} is answered without errors`);
    console.log(`${tab} is answered`);
  }
});

/** Repeats an action until its answer shows. After a change of tab GraphiQL first sends the old operation name. */
async function untilShown(wanted, act) {
  for (let attempt = 1; attempt < 5; attempt += 1) {
    await act();
    const shown = await wanted.waitFor({ timeout: 2000 }).then(() => true, () => false);
    if (shown) return;
  }
  await act();
  await wanted.waitFor();
}
