// Starts GraphiQL with the examples that the page contains as data. The page has no inline scripts, so that its
// policy can forbid them.
(() => {
  const { endpoint, tabs } = JSON.parse(document.getElementById("examples").textContent);

  // New examples, such as those of another demo, replace the stored tabs of an earlier visit.
  const forgetOldExamples = (storage) => {
    const examples = JSON.stringify(tabs);
    if (storage.getItem("countermand:examples") === examples) return;
    for (const key of Object.keys(storage)) {
      if (key.startsWith("graphiql:") && key !== "graphiql:theme") storage.removeItem(key);
    }
    storage.setItem("countermand:examples", examples);
  };

  // On a first visit, GraphiQL 3 shows the first tab without its variables and headers. At every start it clears the
  // stored headers of the active tab, and on the next visit it treats this tab as a new one.
  const restoreTabInFront = (storage) => {
    const saved = JSON.parse(storage.getItem("graphiql:tabState") ?? "null");
    const front = saved?.tabs?.[saved.activeTabIndex] ?? tabs[0];
    for (const part of ["query", "variables", "headers"]) {
      if (front) storage.setItem(`graphiql:${part}`, front[part] ?? "");
    }
  };

  try {
    forgetOldExamples(window.localStorage);
    restoreTabInFront(window.localStorage);
  } catch {
    // The storage is switched off or unreadable: the examples work, but the page does not remember changes.
  }

  const request = GraphiQL.createFetcher({ url: endpoint });

  const isSubscription = ({ operationName }, { documentAST }) => {
    const operations = documentAST?.definitions.filter((it) => it.kind === "OperationDefinition") ?? [];
    const chosen = operations.find((it) => it.name?.value === operationName) ?? operations[0];
    return chosen?.operation === "subscription";
  };

  // A subscription is a stream of server-sent events, whose data are answers.
  async function* answers(params, headers, signal) {
    const accept = { "content-type": "application/json", accept: "text/event-stream" };
    const body = JSON.stringify(params);
    const response = await fetch(endpoint, { method: "POST", headers: { ...headers, ...accept }, body, signal });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const data = /^data: (.+)$/m.exec(event)?.[1];
        if (data) yield JSON.parse(data);
      }
    }
  }

  // The button that stops a subscription ends its request.
  const subscribe = (params, headers) => {
    const stop = new AbortController();
    const running = answers(params, headers, stop.signal);
    const unlessStopped = (problem) => {
      if (!stop.signal.aborted) throw problem;
      return { done: true, value: undefined };
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => running.next().catch(unlessStopped),
      return() {
        stop.abort();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  };

  const fetcher = (params, options = {}) =>
    isSubscription(params, options) ? subscribe(params, options.headers) : request(params, options);

  const graphiql = React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: tabs,
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
  });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
})();
