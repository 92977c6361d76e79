// Stands between an adapter and the server of a payment provider, and judges each request and each answer by the
// provider's own OpenAPI, with the validators of Prism. Everything passes unchanged, lost answers too.
//
//     node payment_judge.mjs stripe http://127.0.0.1:9200
//
// It prints its address. `GET /judged` tells of each call what was wrong with it.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createInstance, getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { specification } from './specifications.mjs';

const [provider, upstream] = process.argv.slice(2);
const operations = await getHttpOperationsFromSpec(specification(provider));
// The servers of a specification may have a path, such as Adyen's /v71; requests have it, too.
const bases = operations.flatMap(({ servers = [] }) => servers.map(({ url }) => new URL(url).pathname));
const base = bases[0].replace(/\/$/, '');

const silent = { child: () => silent, info() {}, warn() {}, error() {}, debug() {}, success() {} };
const judged = [];

// The fields of a request that the operation does not know: Prism leaves them out, or lets them pass.
function unknownFields(operation, { url, headers, body }) {
  const contents = operation.request?.body?.contents ?? [];
  const content = contents.find(({ mediaType }) => headers['content-type']?.startsWith(mediaType));
  const sent = typeof body === 'string' ? [...new URLSearchParams(body).keys()] : Object.keys(body ?? {});
  const query = (operation.request?.query ?? []).map(({ name }) => name);
  const properties = Object.keys(content?.schema?.properties ?? {});
  const unknown = (names, known) => names.filter((name) => !known.includes(name.split('[')[0]));
  const found = [...unknown(sent, properties), ...unknown(Object.keys(url.query), query)];
  return found.map((name) => `request: ${name} is not known`);
}

// What is wrong with a request and its answer; the answer is undefined when it was lost.
async function problems(request, answer) {
  let unknown = [];
  const forward = (_input, _base, _proxy, operation) => () => async () => {
    unknown = unknownFields(operation, request);
    return { _tag: 'Right', right: answer ?? { statusCode: 0 } };
  };
  const checks = { checkSecurity: true, validateRequest: true, validateResponse: answer !== undefined };
  const options = { ...checks, isProxy: true, errors: true, upstream: new URL(upstream), mock: {} };
  const result = await createInstance(options, { logger: silent, forward }).request(request, operations)();
  if (result._tag === 'Left') return [`request: ${result.left.detail ?? result.left.message}`];
  const words = (side) => ({ path = [], message }) => `${side}: ${[path.join('.'), message].filter(Boolean).join(' ')}`;
  const { input, output } = result.right.validations;
  return [...input.map(words('request')), ...unknown, ...output.map(words('answer'))];
}

// Prism leaves out, without a word, what its validators cannot read. So each operation must find fault with nonsense.
async function proveItself() {
  for (const { method, path, request: { body }, responses } of operations) {
    const [{ mediaType, schema } = {}] = body?.contents ?? [];
    const isForm = mediaType === 'application/x-www-form-urlencoded';
    const text = isForm ? Object.keys(schema.properties).map((name) => `${name}=${'x'.repeat(9999)}`).join('&') : 42;
    const headers = { 'content-type': mediaType, 'content-length': 9999 };
    const request = { method, url: { path, query: {} }, headers, body: mediaType && text };
    for (const { code } of responses) {
      const answer = { statusCode: Number(code) || 400, headers: { 'content-type': 'application/json' }, body: 42 };
      const found = await problems(request, answer);
      const sides = ['answer: body', ...(mediaType ? ['request: body'] : [])];
      for (const side of sides) {
        assert.ok(found.some((it) => it.startsWith(side)), `nonsense passes: ${method} ${path} ${code}: ${found}`);
      }
    }
  }
}

async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Sends the request on; undefined when its answer was lost.
function passedOn({ method, url, headers }, body) {
  return new Promise((resolve) => {
    const lost = () => resolve(undefined);
    const sent = http.request(new URL(url, upstream), { method, headers, agent: false }, (answer) => {
      whole(answer).then((text) => resolve({ answer, text }), lost);
    });
    sent.on('error', lost);
    sent.end(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text.toString();
  }
}

async function judge(incoming, body, got) {
  const { pathname, searchParams } = new URL(incoming.url, upstream);
  const isJson = incoming.headers['content-type']?.startsWith('application/json');
  const request = {
    method: incoming.method.toLowerCase(),
    url: {
      path: pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname,
      query: Object.fromEntries(searchParams),
    },
    headers: incoming.headers,
    body: body.length === 0 ? undefined : isJson ? parsed(body) : body.toString(),
  };
  const { statusCode, headers } = got?.answer ?? {};
  const answer = got && { statusCode, headers, body: parsed(got.text) };
  const found = await problems(request, answer);
  judged.push({ method: incoming.method, path: pathname, status: statusCode ?? null, problems: found });
}

await proveItself();
const server = http.createServer(async (incoming, outgoing) => {
  if (incoming.url === '/judged') {
    outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(judged));
    return;
  }
  const body = await whole(incoming);
  const got = await passedOn(incoming, body);
  await judge(incoming, body, got);
  if (!got) {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(got.answer.statusCode, got.answer.headers).end(got.text);
});
server.listen(0, '127.0.0.1', () => console.log(`judging at http://127.0.0.1:${server.address().port}`));
