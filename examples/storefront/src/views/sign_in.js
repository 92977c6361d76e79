// Signing in.

import { signIn } from "../customer.js";
import { element, field, notice } from "../element.js";
import { words } from "../language.js";
import { formPage } from "./form_page.js";

/** @param {string | null} next the page to go on to */
export function signInView(next) {
  return formPage({
    title: words.signIn,
    intro: next && words.mustSignIn,
    fields: [
      field(words.email, { name: "email", type: "email", autocomplete: "username", required: true }),
      field(words.password, { name: "password", type: "password", autocomplete: "current-password", required: true }),
    ],
    submit: words.signIn,
    send: async (given, tell) => {
      try {
        await signIn(given.get("email").trim(), given.get("password"));
      } catch (problem) {
        if (!problem.wantsSignIn) throw problem;
        return tell(notice("bad", element("p", {}, words.wrongPassword)));
      }
      location.hash = next?.startsWith("/") && next !== "/sign-in" ? `#${next}` : "#/orders";
    },
    after: [
      element("p", {}, element("a", { href: "#/password" }, words.forgotPassword)),
      element("p", {}, `${words.noAccount} `, element("a", { href: "#/guest" }, words.findOrder)),
    ],
  });
}
