// Finding an order without an account.

import { postcodeIsProof } from "../added_fields.js";
import { element, field, notice } from "../element.js";
import { words } from "../language.js";
import { guestOrderToken } from "../orders.js";
import { formPage } from "./form_page.js";

export async function guestSearchView() {
  return formPage({
    title: words.findOrder,
    fields: [
      field(words.orderNumber, { name: "number", required: true, autocomplete: "off" }),
      field(words.email, { name: "email", type: "email", autocomplete: "email", required: true }),
      (await postcodeIsProof()) ? eitherProof() : lastName({ required: true }),
    ],
    submit: words.findOrder,
    send: find,
    after: element("p", {}, `${words.haveAccount} `, element("a", { href: "#/sign-in" }, words.signIn)),
  });
}

function eitherProof() {
  return element(
    "fieldset",
    { class: "either" },
    element("legend", {}, words.oneOfThese),
    lastName(),
    field(words.postcode, { name: "postcode", autocomplete: "postal-code" }),
  );
}

function lastName(more) {
  return field(words.lastName, { name: "lastname", autocomplete: "family-name", ...more });
}

async function find(given, tell) {
  const text = (name) => given.get(name)?.trim() ?? "";
  const refuse = (message, more) => tell(notice("bad", element("p", {}, message), more));
  const proof = text("lastname") ? "lastname" : "postcode";
  if (!text(proof)) return refuse(words.proofMissing);
  try {
    const token = await guestOrderToken(text("number").replace(/^#/, ""), text("email"), proof, text(proof));
    location.hash = `#/guest/${encodeURIComponent(token)}`;
  } catch (problem) {
    const signIn = element("p", {}, element("a", { href: "#/sign-in" }, words.signIn));
    if (problem.wantsSignIn) return refuse(words.belongsToAccount, signIn);
    if (problem.category === "graphql-no-such-entity") return refuse(words.orderNotFound);
    throw problem;
  }
}
