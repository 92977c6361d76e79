// Starts the page, shows what the address asks for, and follows it.

import { BackendProblem } from "./backend.js";
import { signOut } from "./customer.js";
import { element, heading, notice } from "./element.js";
import { writeAsIn } from "./format.js";
import { routeOf, signInHash } from "./routes.js";
import * as session from "./session.js";
import { loadShop } from "./shop.js";
import { confirmationIn, confirmationView } from "./views/confirmation.js";

const main = document.getElementById("main");
const navigation = document.getElementById("navigation");
let shop;
let latest = 0;

async function show(view) {
  latest += 1;
  const mine = latest;
  main.setAttribute("aria-busy", "true");
  const page = await view();
  // Another page was opened meanwhile, and that page is shown.
  if (!page || mine !== latest) return;
  document.title = `${page.title} – ${shop?.name ?? "My shop"}`;
  drawNavigation();
  main.replaceChildren(...page.content);
  main.removeAttribute("aria-busy");
  main.querySelector("h1")?.focus();
  scrollTo(0, 0);
}

function showAddress() {
  return show(async () => {
    const route = routeOf(location.hash);
    if (route.isPrivate && !session.token()) return askToSignIn(route);
    try {
      await openShop();
      return await route.view();
    } catch (problem) {
      if (route.isPrivate && problem.wantsSignIn) return askToSignIn(route);
      return problemPage(problem, showAddress);
    }
  });
}

function showConfirmation(confirmation) {
  return show(async () => {
    try {
      await openShop();
      return await confirmationView(confirmation);
    } catch (problem) {
      return problemPage(problem, () => showConfirmation(confirmation));
    }
  });
}

/** Goes to a new address, which shows its own page. */
function askToSignIn(route) {
  location.replace(signInHash(route.path));
}

async function openShop() {
  if (shop) return;
  shop = await loadShop();
  writeAsIn(shop.locale);
  document.getElementById("shop-name").textContent = shop.name;
}

function problemPage(problem, tryAgain) {
  // Any other error is a mistake of this page, and the console shows it.
  if (!(problem instanceof BackendProblem)) console.error(problem);
  const again = element("button", { type: "button", onclick: tryAgain }, "Try again");
  return {
    title: "That did not work",
    content: [heading("That did not work"), notice("bad", element("p", {}, problem.message)), again],
  };
}

function drawNavigation() {
  const { path } = routeOf(location.hash);
  const link = (to, text) =>
    element("a", { href: `#${to}`, "aria-current": path.startsWith(to) ? "page" : undefined }, text);
  const leave = async () => {
    await signOut();
    location.hash = "#/sign-in";
  };
  navigation.replaceChildren(
    ...(session.token()
      ? [
          link("/orders", "My orders"),
          link("/account", "My account"),
          element("button", { type: "button", class: "link", onclick: leave }, "Sign out"),
        ]
      : [link("/guest", "Find an order"), link("/sign-in", "Sign in")]),
  );
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", showAddress);
const confirmation = confirmationIn(location.search);
if (confirmation) showConfirmation(confirmation);
else showAddress();
