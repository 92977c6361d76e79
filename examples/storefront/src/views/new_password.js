// Choosing a new password with the link in a mail.

import { resetPassword } from "../customer.js";
import { element, field, notice } from "../element.js";
import { words } from "../language.js";
import { forgetMailedLink } from "../mailed_links.js";
import { formPage } from "./form_page.js";

const SHORTEST = 8;
const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

export function newPasswordView({ email, token }) {
  const link = (hash, text) => element("p", {}, element("a", { href: hash }, text));
  return formPage({
    title: words.newPassword,
    intro: words.passwordFor(email),
    fields: [
      // Password managers keep the new password with this name.
      element("input", { type: "hidden", name: "username", autocomplete: "username", value: email }),
      field(
        words.newPasswordField,
        { name: "password", type: "password", autocomplete: "new-password", required: true },
        words.passwordRules,
      ),
    ],
    submit: words.savePassword,
    send: async (given, tell) => {
      const password = given.get("password");
      if (!isStrong(password)) return tell(notice("bad", element("p", {}, words.passwordRules)));
      try {
        await resetPassword(email, token, password);
      } catch (problem) {
        if (problem.category !== "graphql-input") throw problem;
        return tell(notice("bad", element("p", {}, words.resetLinkFailed), link("#/password", words.askForLink)));
      }
      forgetMailedLink("#/sign-in");
      tell(notice("good", element("p", {}, words.passwordSaved), link("#/sign-in", words.signIn)), { isDone: true });
    },
  });
}

/** The rules of Adobe Commerce. The shop's refusal does not tell a weak password from an old link, so the page does. */
function isStrong(password) {
  return password.length >= SHORTEST && KINDS.filter((kind) => kind.test(password)).length >= 3;
}
