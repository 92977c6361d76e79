// Asking for a link to a new password.

import { requestPasswordLink } from "../customer.js";
import { element, field, notice } from "../element.js";
import { words } from "../language.js";
import { formPage } from "./form_page.js";

export function passwordLinkView() {
  return formPage({
    title: words.newPassword,
    fields: [field(words.email, { name: "email", type: "email", autocomplete: "username", required: true })],
    submit: words.sendLink,
    send: async (given, tell) => {
      const email = given.get("email").trim();
      await requestPasswordLink(email);
      tell(notice("good", element("p", {}, words.linkRequested(email))));
    },
    after: element("p", {}, element("a", { href: "#/sign-in" }, words.signIn)),
  });
}
