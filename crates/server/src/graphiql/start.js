// Starts GraphiQL with the examples that the page carries as data: without inline scripts a strict policy holds.
(() => {
  const { endpoint, tabs } = JSON.parse(document.getElementById("examples").textContent);

  // New examples (another demo, other tokens) replace what an earlier visit left behind.
  const forgetOldExamples = (storage) => {
    const examples = JSON.stringify(tabs);
    if (storage.getItem("countermand:examples") === examples) return;
    for (const key of Object.keys(storage)) {
      if (key.startsWith("graphiql:") && key !== "graphiql:theme") storage.removeItem(key);
    }
    storage.setItem("countermand:examples", examples);
  };

  // On a first visit GraphiQL 3 shows the first tab without its variables and headers; at every start it empties
  // the stored headers of the tab in front, and on the next visit takes that tab for a new one.
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
    // Storage is switched off or unreadable: the examples are there, only nothing is remembered.
  }

  const graphiql = React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: endpoint }),
    defaultTabs: tabs,
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
  });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
})();
