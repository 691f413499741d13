/** Stored notes changed at random places: some can still be read, the others must be refused. */
import * as fc from "fast-check";
import { storeNote } from "../../src/note/index.js";
import { notes } from "./fixtures.js";
import { change, placesOf, toJson, tweak, valueAt, type Json, type JsonObject } from "./json.js";

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-1, 0, 1e9, 2 ** 53, 0.5, "", "AAAA", "<script>", "u8", "f16", "external", "javascript:alert(1)"),
  // what a page must neither run nor ask for
  fc.constantFrom("<img src=https://example.com/x onerror=globalThis.hacked=1>", "https://example.com/x.safetensors"),
  fc.constantFrom([], {}, [[0, 1]], [1e9, 1e9], [1, 1, 1, 1], { as: "rows" }, { tokens: ["]]>", "\u0000", "\ud800"] }),
) as fc.Arbitrary<Json>;

const mutation = fc.record({ place: fc.nat(), by: fc.nat(), value: junk });

/** One to three changes to one of the notes: a value near the one that was there, or something else altogether. */
export const mutatedNotes: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom(...Object.values(notes)), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([note, mutations]) => {
    const json = toJson(storeNote(note));
    const places = placesOf(json);
    for (const { place, by, value } of mutations) {
      const path = places[place % places.length] ?? [];
      change(json, path, by % 4 === 0 ? value : tweak(valueAt(json, path), by));
    }
    return json;
  });
