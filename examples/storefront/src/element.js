// Makes elements without innerHTML: a text from the shop is shown as text, even if it holds markup.

/**
 * An element. Attributes: `true` sets one without a value, none and `false` leave it out, a function listens to the
 * event that the name says (`onclick`). Children: nodes and texts; none and `false` are left out.
 */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter(isShown));
  return node;
}

/** The page's heading: it takes the focus when the page is shown. */
export function heading(text) {
  return element("h1", { tabindex: "-1" }, text);
}

/** A labeled input. */
export function field(label, attributes, hint) {
  const id = `field-${attributes.name}`;
  const hintId = hint && `${id}-hint`;
  return element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    element("input", { id, "aria-describedby": hintId, ...attributes }),
    hint && element("p", { class: "hint", id: hintId }, hint),
  );
}

/** A notice for the shopper. Screen readers read refusals and failures at once. */
export function notice(kind, ...content) {
  return element("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, ...content);
}

function isShown(child) {
  return child !== undefined && child !== null && child !== false;
}
