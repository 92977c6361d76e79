// Requests to the GraphQL backend, and what can go wrong with them.

import { backend, store } from "../config.js";
import * as session from "./session.js";

/** A request failed: there was no answer, or the answer has an error. The message is for shoppers. */
export class BackendProblem extends Error {
  /**
   * @param {string} message
   * @param {string} [category] the backend's class of the error, `extensions.category`
   */
  constructor(message, category) {
    super(message);
    this.category = category;
  }

  /** Whether the customer must sign in again. */
  get wantsSignIn() {
    return this.category === "graphql-authentication" || this.category === "graphql-authorization";
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
    throw new BackendProblem(
      `The shop does not answer at ${url.origin}. Either it is not running, or it does not allow requests from this page.`,
    );
  }
  const answer = await response.json().catch(() => null);
  if (answer?.errors?.length) {
    const category = answer.errors[0].extensions?.category;
    // The token is expired or revoked, and the request did nothing. Pages for guests are shown without it.
    if (token && category === "graphql-authentication") {
      session.forget();
      return send(url, { headers, ...rest });
    }
    throw new BackendProblem(answer.errors.map((error) => error.message).join(" "), category);
  }
  if (!answer?.data) {
    throw new BackendProblem(`The shop answered without data (status ${response.status}).`);
  }
  return answer.data;
}

/** The operation without line breaks and indentation, which make the address longer. No operation holds a text. */
function squeezed(document) {
  return document.replace(/\s+/g, " ").trim();
}
