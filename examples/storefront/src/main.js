// Starts the page, shows what the address asks for, and follows it.

import { BackendProblem } from "./backend.js";
import { signOut } from "./customer.js";
import { element, heading, notice } from "./element.js";
import { speak, words } from "./language.js";
import { forgetMailedLink } from "./mailed_links.js";
import { routeOf, signInHash } from "./routes.js";
import * as session from "./session.js";
import { loadShop } from "./shop.js";

const main = document.getElementById("main");
const navigation = document.getElementById("navigation");
let shop;
let latest = 0;
let isPageShown = false;

async function showAddress() {
  latest += 1;
  const mine = latest;
  main.setAttribute("aria-busy", "true");
  const page = await pageOf(routeOf(location));
  // Another page was opened meanwhile, and that page is shown.
  if (mine !== latest) return;
  main.removeAttribute("aria-busy");
  if (page.problem?.hasNoAnswer && isPageShown) return keepPage(page.problem);
  if (page.elsewhere) return location.replace(page.elsewhere);
  draw(page);
}

/** The page of a route: `{ title, content }`, or `{ elsewhere }` when another address is to be shown instead. */
async function pageOf(route) {
  if (route.isPrivate && !session.token()) return { elsewhere: signInHash(route.path) };
  try {
    await openShop();
    return await route.view();
  } catch (problem) {
    if (route.isPrivate && problem.wantsSignIn) return { elsewhere: signInHash(route.path) };
    // Any other error is a mistake of this page, and the console shows it.
    if (!(problem instanceof BackendProblem)) console.error(problem);
    return problemPage(problem);
  }
}

async function openShop() {
  if (shop) return;
  shop = await loadShop();
  speak(shop.locale);
}

function draw({ title, content, problem }) {
  document.title = `${title} – ${shop?.name ?? words.shop}`;
  drawFrame();
  main.replaceChildren(...content);
  main.querySelector("h1")?.focus();
  scrollTo(0, 0);
  isPageShown = !problem;
}

function problemPage(problem) {
  const message = problem instanceof BackendProblem ? problem.message : words.noData;
  return {
    problem,
    title: words.failed,
    content: [heading(words.failed), notice("bad", element("p", {}, message)), tryAgainButton()],
  };
}

/** Without an answer the page from before stays, with an offer to try again above it. */
function keepPage(problem) {
  main.querySelector(".kept")?.remove();
  const told = notice("bad", element("p", {}, problem.message), element("p", {}, words.stillShown), tryAgainButton());
  told.classList.add("kept");
  main.prepend(told);
}

function tryAgainButton() {
  return element("button", { type: "button", onclick: showAddress }, words.tryAgain);
}

/** The parts around the page: its name, the way to the other pages, and the link that skips them. */
function drawFrame() {
  document.getElementById("shop-name").textContent = shop?.name ?? words.shop;
  document.getElementById("skip").textContent = words.skip;
  navigation.setAttribute("aria-label", words.navigation);
  const { path } = routeOf(location);
  const link = (to, text) =>
    element("a", { href: `#${to}`, "aria-current": path.startsWith(to) ? "page" : undefined }, text);
  const leave = () => {
    signOut();
    location.hash = "#/sign-in";
  };
  navigation.replaceChildren(
    ...(session.token()
      ? [
          link("/orders", words.myOrders),
          link("/account", words.myAccount),
          element("button", { type: "button", class: "link", onclick: leave }, words.signOut),
        ]
      : [link("/guest", words.findOrder), link("/sign-in", words.signIn)]),
  );
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", () => {
  // The shopper left the page of a mailed link.
  if (location.hash) forgetMailedLink();
  showAddress();
});
// The browser reports no change when a link leads to the address as it is. Its page may not be shown yet.
addEventListener("click", ({ target }) => {
  const link = target.closest?.("a[href^='#/']");
  if (link && link.hash === location.hash) showAddress();
});
addEventListener("online", () => main.querySelector(".kept") && showAddress());
speak(navigator.language);
drawFrame();
main.replaceChildren(element("p", { class: "quiet" }, words.loading));
showAddress();
