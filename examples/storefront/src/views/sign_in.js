// Signing in.

import { signIn } from "../customer.js";
import { element, field, heading, notice } from "../element.js";

/** @param {string | null} next the page to go on to */
export function signInView(next) {
  const told = element("div");
  const button = element("button", { class: "filled" }, "Sign in");
  const submitted = async (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    button.disabled = true;
    try {
      await signIn(given.get("email").trim(), given.get("password"));
      location.hash = next?.startsWith("/") && next !== "/sign-in" ? `#${next}` : "#/orders";
    } catch (problem) {
      told.replaceChildren(notice("bad", element("p", {}, problem.message)));
      button.disabled = false;
    }
  };
  return {
    title: "Sign in",
    content: [
      element(
        "div",
        { class: "narrow" },
        heading("Sign in"),
        next && element("p", { class: "quiet" }, "Sign in to see this page."),
        element(
          "form",
          { class: "card", onsubmit: submitted },
          field("E-mail", { name: "email", type: "email", autocomplete: "username", required: true }),
          field("Password", { name: "password", type: "password", autocomplete: "current-password", required: true }),
          told,
          button,
        ),
        element("p", {}, "Ordered without an account? ", element("a", { href: "#/guest" }, "Find your order"), "."),
      ),
    ],
  };
}
