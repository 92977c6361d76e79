// Requests to the GraphQL backend, and what can go wrong with them.

import { backend, store } from "../config.js";
import * as session from "./session.js";

/** No answer, or not the one that was asked for. The message is for shoppers. */
export class BackendProblem extends Error {
  /**
   * @param {string} message
   * @param {string} [category] the backend's class of the error, `extensions.category`
   */
  constructor(message, category) {
    super(message);
    this.category = category;
  }

  /** Whether signing in (again) is what helps. */
  get wantsSignIn() {
    return this.category === "graphql-authentication" || this.category === "graphql-authorization";
  }
}

/** Asks by GET, as storefronts do. Answers the `data`. */
export function query(document, variables = {}) {
  const url = new URL(backend, location.href);
  url.searchParams.set("query", squeezed(document));
  url.searchParams.set("variables", JSON.stringify(variables));
  return send(url, { method: "GET" });
}

/** Changes something: by POST only. Answers the `data`. */
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
    // The token is expired or revoked. Nothing was done; what a guest may see is shown all the same.
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

/** Without line breaks and indentation, which would travel in the address. The documents here hold no texts. */
function squeezed(document) {
  return document.replace(/\s+/g, " ").trim();
}
