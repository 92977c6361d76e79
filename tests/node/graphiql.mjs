// Opens GraphiQL of a running demo in a browser, runs examples, and checks their answers. One of them follows a refund
// until it is paid.
//
//   node graphiql.mjs http://127.0.0.1:8080 STAFF_TOKEN
//
// Exits with 1 when an answer is missing or the page reports a problem.

import assert from "node:assert/strict";

import { withBrowser } from "./browser.mjs";
import { PAID, carriedOut, idsOf } from "./shop.mjs";
import { settle } from "./storefront/money.mjs";

// The title of a tab is the name of its operation; the text is a part of the demo's data.
const EXAMPLES = [
  ["StoreConfig", "The order was placed by mistake"],
  ["MyOrders", `"number": "${PAID}"`],
  ["WatchOrder", `"number": "${PAID}"`],
];
const CANCEL = `mutation CancelAsAdmin($id: ID!) {
  cancelOrderAsAdmin(input: { order_id: $id, reason: "Other" }) { user_errors { message } }
}`;

const [address, staffToken] = process.argv.slice(2);
if (!staffToken) {
  console.error("usage: node graphiql.mjs ADDRESS STAFF_TOKEN");
  process.exit(2);
}

await withBrowser(async (context) => {
  const page = await context.newPage();
  await page.goto(`${address}/graphiql`);
  const answer = page.locator(".graphiql-response");
  const answered = async (tab, text) => {
    await page.getByRole("tab", { name: tab }).click();
    await untilShown(answer.getByText(text).first(), () =>
      page.getByRole("button", { name: /^Execute query/ }).click(),
    );
    assert.ok(!(await answer.innerText()).includes('"errors"'), `${tab} is answered without errors`);
    console.log(`${tab} is answered`);
  };
  for (const [tab, text] of EXAMPLES) await answered(tab, text);

  // The order is canceled, and staff pays its refund while GraphiQL follows it.
  const { id } = await idsOf(address, staffToken, PAID);
  await carriedOut(address, staffToken, CANCEL, { id });
  await answered("WatchRefund", '"state": "ON_ITS_WAY"');
  await settle(address, staffToken, PAID);
  await answer.getByText('"state": "REFUNDED"').first().waitFor();
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
