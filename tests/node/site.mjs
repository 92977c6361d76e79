// Serves the example storefront on a port of its own, so that its origin differs from the backend's.

import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../examples/storefront", import.meta.url));
const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript" };

/** Serves the storefront with `backend` in its settings. Gives `{ address, close }`. */
export async function serveStorefront(backend) {
  const server = createServer((request, response) => answer(request, response, backend));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => new Promise((closed) => server.close(closed).closeAllConnections());
  return { address: `http://127.0.0.1:${server.address().port}`, close };
}

async function answer(request, response, backend) {
  const { pathname, search } = new URL(request.url, "http://site");
  const path = join(FOLDER, normalize(decodeURIComponent(pathname)));
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isDirectory() && !pathname.endsWith("/")) {
    response.writeHead(301, { Location: `${pathname}/${search}` }).end();
    return;
  }
  const file = kind?.isDirectory() ? join(path, "index.html") : path;
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) {
    response.writeHead(404).end();
    return;
  }
  const isSettings = file === join(FOLDER, "config.js");
  const body = isSettings ? String(bytes).replace(/^const BACKEND = .*$/m, `const BACKEND = "${backend}";`) : bytes;
  response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
}
