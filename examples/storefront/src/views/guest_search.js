// Finding an order without an account.

import { element, field, heading, notice } from "../element.js";
import { guestOrderToken } from "../orders.js";

// Storefronts compare this message: it says that the order belongs to an account.
const BELONGS_TO_ACCOUNT = "Please login to view the order.";

export function guestSearchView() {
  const told = element("div");
  const button = element("button", { class: "filled" }, "Find the order");
  const tell = (...content) => told.replaceChildren(notice("bad", element("p", {}, ...content)));
  const submitted = async (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    const text = (name) => given.get(name).trim();
    const proof = text("lastname") ? "lastname" : "postcode";
    if (!text(proof)) return tell("Give the last name or the postcode of the bill.");
    button.disabled = true;
    try {
      const token = await guestOrderToken(text("number").replace(/^#/, ""), text("email"), proof, text(proof));
      location.hash = `#/guest/${encodeURIComponent(token)}`;
    } catch (problem) {
      button.disabled = false;
      if (problem.message === BELONGS_TO_ACCOUNT) {
        tell("This order belongs to an account. ", element("a", { href: "#/sign-in" }, "Sign in"), " to see it.");
      } else {
        tell(problem.message);
      }
    }
  };
  return {
    title: "Find an order",
    content: [
      element(
        "div",
        { class: "narrow" },
        heading("Find an order"),
        element(
          "form",
          { class: "card", onsubmit: submitted },
          field("Order number", { name: "number", required: true, autocomplete: "off" }),
          field("E-mail", { name: "email", type: "email", autocomplete: "email", required: true }),
          element(
            "fieldset",
            { class: "either" },
            element("legend", {}, "One of these, as on the bill"),
            field("Last name", { name: "lastname", autocomplete: "family-name" }),
            field("Postcode", { name: "postcode", autocomplete: "postal-code" }),
          ),
          told,
          button,
        ),
        element("p", {}, "You have an account? ", element("a", { href: "#/sign-in" }, "Sign in"), "."),
      ),
    ],
  };
}
