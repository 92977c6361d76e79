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

  const graphiql = React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: endpoint }),
    defaultTabs: tabs,
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: true,
  });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
})();
