// Judges events by the JSON Schema of CloudEvents 1.0 and by docs/events.schema.json.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

/** The schema of docs/events.schema.json. */
export const published = JSON.parse(
  fs.readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'),
);

// CloudEvents' SDK carries the JSON Schema of the specification in the code that is compiled from it.
function schemaOfCloudEvents() {
  const sdk = path.dirname(createRequire(import.meta.url).resolve('cloudevents'));
  const compiled = fs.readFileSync(path.join(sdk, 'schema/v1.js'), 'utf8');
  const schema = JSON.parse(/^const schema\d+ = (\{ "\$schema".*\});$/m.exec(compiled)[1]);
  assert.deepEqual(schema.required, ['id', 'source', 'specversion', 'type']);
  return schema;
}

// The published schema, changed so that it refuses fields that it does not name. The published one lets them pass, because
// receivers must expect new fields; this one finds a field of the program that the schema does not name.
function withoutOtherFields(schema) {
  const strict = structuredClone(schema);
  const { every } = strict.definitions;
  for (const [name, data] of Object.entries(strict.definitions).filter(([name]) => name.startsWith('order.'))) {
    assert.deepEqual(data.allOf, [{ $ref: '#/definitions/every' }], name);
    delete data.allOf;
    data.type = 'object';
    data.properties = { ...every.properties, ...data.properties };
    data.required = [...every.required, ...(data.required ?? [])];
  }
  (function close(part) {
    if (part?.type === 'object' && part.properties) part.additionalProperties = false;
    if (part && typeof part === 'object') Object.values(part).forEach(close);
  })(strict);
  return strict;
}

function compiled(schema) {
  const ajv = new Ajv({ allErrors: true, strictTypes: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

const validators = {
  'the schema of CloudEvents': compiled(schemaOfCloudEvents()),
  'docs/events.schema.json': compiled(published),
  'docs/events.schema.json, without other fields': compiled(withoutOtherFields(published)),
};

/** What is wrong with an event, by each of the schemas. */
export function problems(event) {
  return Object.entries(validators).flatMap(([name, validate]) =>
    validate(event) ? [] : validate.errors.map((it) => `${name}: ${it.instancePath} ${it.message}`),
  );
}

/** Fails for an event with which something is wrong. */
export function judge(event) {
  assert.deepEqual(problems(event), [], JSON.stringify(event, null, 2));
}
