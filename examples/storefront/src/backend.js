// Requests to the GraphQL backend, and what can go wrong with them.

import { backend, store } from "../config.js";
import { words } from "./language.js";
import * as session from "./session.js";

/** A request failed: there was no answer, or it has an error. The message is for shoppers, in their language. */
export class BackendProblem extends Error {
  /**
   * @param {string} message
   * @param {object} [facts]
   * @param {string} [facts.category] the backend's class of the error, `extensions.category`
   * @param {boolean} [facts.hasNoAnswer] whether the backend was not reached, or its answer was lost
   * @param {string} [facts.shopMessage] the backend's own message, in its own language
   */
  constructor(message, { category, hasNoAnswer = false, shopMessage } = {}) {
    super(message);
    this.category = category;
    this.hasNoAnswer = hasNoAnswer;
    this.shopMessage = shopMessage;
  }

  /** Whether the backend answered that it does not take the request, as it will the next time too. */
  get isRefusal() {
    return !this.hasNoAnswer && this.category !== "internal" && this.category !== "graphql-rate-limit";
  }

  /** Whether the customer must sign in again. */
  get wantsSignIn() {
    return this.category === "graphql-authentication" || this.category === "graphql-authorization";
  }

  /** Whether the request may have been carried out all the same. */
  get isUnsure() {
    return this.category === undefined || this.category === "internal";
  }
}

/** Sends a query by GET, as storefronts do. Returns the `data`. */
export function query(document, variables = {}) {
  const url = new URL(backend, location.href);
  url.searchParams.set("query", squeezed(document));
  url.searchParams.set("variables", JSON.stringify(variables));
  return send(url, { method: "GET" });
}

/** Sends a mutation by POST. Returns the `data`. */
export function mutation(document, variables = {}) {
  return send(new URL(backend, location.href), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: squeezed(document), variables }),
  });
}

async function send(url, { headers = {}, ...rest }) {
  const token = session.token();
  const request = {
    ...rest,
    headers: {
      Accept: "application/json",
      Store: store,
      ...(token && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    credentials: "omit",
    referrerPolicy: "no-referrer",
  };
  let response;
  try {
    response = await fetch(url, request);
  } catch {
    // The browser does not say why. For the shop's developer: the backend is not running, or does not allow requests
    // from this page.
    console.info(`No answer from ${url.origin}.`);
    throw new BackendProblem(words.noAnswer, { hasNoAnswer: true });
  }
  const answer = await response.json().catch(() => null);
  if (answer?.errors?.length) {
    const [{ message, extensions }] = answer.errors;
    const category = extensions?.category;
    // The token is expired or revoked, and the request did nothing. Pages for guests are shown without it.
    if (token && category === "graphql-authentication") {
      session.forget();
      return send(url, { headers, ...rest });
    }
    console.info(`The shop refused: ${message}`);
    throw new BackendProblem(inWords(category), { category, shopMessage: message });
  }
  if (!answer?.data) {
    console.info(`The shop answered without data, with status ${response.status}.`);
    throw new BackendProblem(words.noData, { hasNoAnswer: true });
  }
  return answer.data;
}

/** What an error means, in the language of the page: the backend's own messages are English. */
function inWords(category) {
  switch (category) {
    case "graphql-authentication":
    case "graphql-authorization":
      return words.mustSignIn;
    case "graphql-input":
      return words.notAccepted;
    case "graphql-no-such-entity":
      return words.notFound;
    case "graphql-rate-limit":
      return words.tooMany;
    default:
      return words.shopFailed;
  }
}

/** The operation without line breaks and indentation, which make the address longer. No operation holds a text. */
function squeezed(document) {
  return document.replace(/\s+/g, " ").trim();
}
