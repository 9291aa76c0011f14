// The other views of a graph: with a folded box opened, and back.

import { decoded } from "./numbers.js";

// The record and the picture of a view; it shares what the page has only once.
export function opened(view, model, source) {
  if (view.source) return view;
  const { sentences, letters, program, leaves, params, lock } = model;
  const closes = { record: model, source };
  const record = { ...view.record, sentences, letters, program, leaves, params, lock, views: {}, closes };
  return { record, source: decoded(view.picture) };
}
