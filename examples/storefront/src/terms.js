// What the viewer may cancel of an order, or ask the shop to cancel. Every button and every text goes by these rules.

/**
 * Whether the shop offers the viewer to cancel the order or items of it, or to ask for that; the button depends on
 * nothing else. A shop with terms may offer items without `CANCEL`, such as those beside a subscription.
 */
export function mayCancel(order) {
  return mayCancelAll(order) || offered(order).length > 0;
}

/** Whether all that is left of the order can be canceled without naming items: `CANCEL` means that. */
export function mayCancelAll({ available_actions: actions }) {
  return actions.includes("CANCEL");
}

/** Whether a guest's link cancels something of the order, or asks for it. Units that are packed have no link. */
export function mayConfirm(order) {
  return mayCancelAll(order) || offered(order).some(({ quantity_open: open }) => open > 0);
}

/** Whether the viewer can only ask for a cancellation of the order or of items, and the shop decides about it. */
export function isDecidedByShop(order) {
  const items = offered(order);
  return items.length > 0 && items.every(({ action }) => action === "REQUEST");
}

/** The terms of the items that the viewer may cancel or ask for; none in a shop without terms. */
function offered({ cancellation_terms: terms }) {
  return (terms?.items ?? []).filter(({ action }) => action !== "NONE");
}
