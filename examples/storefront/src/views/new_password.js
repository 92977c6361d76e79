// Choosing a new password with the link in a mail.

import { resetPassword } from "../customer.js";
import { element, field, notice } from "../element.js";
import { words } from "../language.js";
import { forgetMailedLink } from "../mailed_links.js";
import { formPage } from "./form_page.js";

const SHORTEST = 8;
const LONGEST_BYTES = 256;
const KINDS = [/\p{Lowercase}/u, /\p{Uppercase}/u, /\p{N}/u, /[^\p{Lowercase}\p{Uppercase}\p{N}]/u];
/** The shop's message for a link that was used, replaced, or is too old. */
const LINK_FAILED = "Cannot set the customer's password";

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
      const weakness = weaknessOf(password);
      if (weakness) return tell(notice("bad", element("p", {}, weakness)));
      try {
        await resetPassword(email, token, password);
      } catch (problem) {
        if (problem.category !== "graphql-input") throw problem;
        const why = problem.shopMessage === LINK_FAILED ? words.resetLinkFailed : problem.shopMessage;
        return tell(notice("bad", element("p", {}, why), link("#/password", words.askForLink)));
      }
      forgetMailedLink("#/sign-in");
      tell(notice("good", element("p", {}, words.passwordSaved), link("#/sign-in", words.signIn)), { isDone: true });
    },
  });
}

/**
 * What the shop would refuse the password for, in the language of the page; none when it follows the rules. Adobe
 * Commerce does not tell a weak password from an old link, so the page does.
 */
function weaknessOf(password) {
  if (new TextEncoder().encode(password).length > LONGEST_BYTES) return words.passwordTooLong;
  if (/^\p{White_Space}|\p{White_Space}$/u.test(password)) return words.passwordEnds;
  const isStrong = [...password].length >= SHORTEST && KINDS.filter((kind) => kind.test(password)).length >= 3;
  return isStrong ? undefined : words.passwordRules;
}
