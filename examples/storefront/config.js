// Everything that is particular to one shop. The rest of the page is the same for all.

/** Where Countermand, or Adobe Commerce, answers GraphQL. */
const BACKEND = "http://127.0.0.1:8080/graphql";

/** The code of the store view: its language, its currency, its reasons. */
const STORE = "default";

// While the page is tried on one's own machine, `?backend=` and `?store=` win. Elsewhere a link could send shoppers'
// passwords to a stranger.
const LOCAL = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
const asked = new URLSearchParams(LOCAL ? location.search : "");

export const backend = asked.get("backend") ?? BACKEND;
export const store = asked.get("store") ?? STORE;
