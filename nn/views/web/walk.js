// The stepper on the graph of the example that is shown, with the numbers of the training.

import { make } from "../../../autograd/stepper/web/elements.js";
import { Live } from "../../../autograd/stepper/web/live.js";
import { decoded } from "../../../autograd/stepper/web/numbers.js";
import { mount } from "../../../autograd/stepper/web/stepper.js";

export class Walk {
  constructor({ graphs, sentences }) {
    this.graphs = graphs;
    this.sentences = sentences;
    this.last = 0; // the number of steps of the one that is shown
    this.steppers = new Map(); // by graph, those that were shown
    this.element = make("div.nn-walk");
  }

  // `data` are the numbers of the graph's nodes. Another graph begins at the place of the one before, or at
  // its end too.
  paint(graph, data) {
    const { walked, record } = this.graphs[graph];
    let at = Number(this.shown?.host.dataset.at ?? 0);
    if (at > 0 && at === this.last) at = record.steps.length;
    this.last = record.steps.length;
    const known = this.steppers.has(graph);
    if (!known) this.steppers.set(graph, this.#begin(graph));
    const stepper = this.steppers.get(graph);
    stepper.live.set(stepper.live.leaves.map((k) => [`n${k}`, data[walked[k]]]));
    if (this.shown !== stepper) this.element.replaceChildren(stepper.host);
    this.shown = stepper;
    if (known) stepper.seek(at);
    else Object.assign(stepper, this.#mounted(graph, stepper, at));
  }

  #begin(graph) {
    const live = new Live(this.graphs[graph].record.program);
    live.compute(); // as recorded: what is set later counts as a change
    return { host: make("div.ad-stepper"), live, seek: null };
  }
  #mounted(graph, { host, live }, at) {
    const { record, picture } = this.graphs[graph];
    const model = { ...record, sentences: this.sentences, views: {} };
    return mount(host, model, decoded(picture), { live, at: Math.min(at, record.steps.length) });
  }
}
