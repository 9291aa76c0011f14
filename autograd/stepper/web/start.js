// The beginning: steppers in a page and in a notebook's output come to life, and the widget.

import { table } from "./arithmetic.js";
import { make } from "./elements.js";
import { decoded, parse } from "./numbers.js";
import { mount } from "./stepper.js";

// Every stepper that is not yet alive and has the rows of this script.
function mountAll() {
  for (const host of document.querySelectorAll(`.ad-stepper[data-rows="${table.key}"]:not(.ad-live)`)) {
    const record = host.querySelector("script[type='application/json']");
    const image = host.querySelector("img");
    if (!record || !image) continue;
    const model = parse(record.textContent);
    mount(host, model, decoded(image.src.split(",")[1]), { at: model.at });
  }
}
if (typeof document !== "undefined") mountAll();

// As a widget (anywidget): Python and the page share the step and the inputs.
export default {
  render({ model, el }) {
    const host = make("div.ad-stepper");
    el.append(host);
    const record = parse(model.get("record"));
    const send = (name, value) => {
      model.set(name, value);
      model.save_changes();
    };
    const stepper = mount(host, record, model.get("picture"), {
      at: model.get("at"),
      changed: (at) => send("at", at),
      edited: (values) => Object.values(values).every(Number.isFinite) && send("values", values),
    });
    stepper.set(model.get("values"));
    model.on("change:at", () => {
      if (Number(host.dataset.at) !== model.get("at")) stepper.seek(model.get("at"), "backward");
    });
    model.on("change:values", () => stepper.set(model.get("values")));
  },
};
