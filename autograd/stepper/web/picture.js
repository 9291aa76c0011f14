// The picture: Python's SVG brought to life. Its numbers, frames and edges follow the pass.

import { paintNames, paintRefusals, paintTitles } from "./captions.js";
import { Constants } from "./constants.js";
import { flag, make, named, put } from "./elements.js";
import { send, turned, whole } from "./message.js";
import { placeOf, short } from "./numbers.js";
import { View } from "./view.js";

export class Picture {
  constructor(source, pass, pick, host) {
    this.pass = pass;
    const drawn = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
    this.svg = document.importNode(drawn, true);
    this.groups = named(this.svg);
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", pass.say("graph", { output: pass.root.label }));
    const label = pass.say("graph_keys", { output: pass.root.label });
    this.view = new View(this.svg, label, pass.say, host);
    this.frame = this.view.frame;
    this.message = make("svg:g", { class: "ad-message", "aria-hidden": "true" });
    this.svg.querySelector("g").append(this.message);
    this.nodes = {}; // by box, those that it shows or stands for
    for (const node of pass.model.nodes) (this.nodes[node.box] ??= []).push(node);
    for (const id of Object.keys(this.nodes)) {
      this.groups[id].setAttribute("tabindex", "0");
      this.groups[id].setAttribute("role", "button");
      this.groups[id].dataset.label = (pass.boxes[id] ?? pass.nodes[id]).label;
      this.groups[id].addEventListener("click", () => pick(pass.boxes[id]?.nodes[0] ?? id));
    }
    this.parts = {}; // by node: the texts of its numbers, the cell of its gradient
    for (const node of pass.model.nodes)
      if (node.row >= 0) {
        const part = (name) => this.groups[node.box].querySelectorAll(name)[node.row];
        const [name, data, grad, cell] = [".ad-label", ".ad-data", ".ad-grad", ".ad-grad-cell"].map(part);
        const fits = Math.max(5, data.textContent.length, grad.textContent.length); // characters
        const meaning = node.box === node.id ? part(".ad-definition") : null;
        const first = { label: node.label, text: name.textContent, meaning: meaning?.textContent };
        this.parts[node.id] = { name, meaning, first, data, grad, cell, fits, size: parseFloat(data.getAttribute("font-size")) };
        for (const [field, text] of Object.entries({ data, grad })) {
          text.dataset.field = field;
          text.dataset.label = node.label;
        }
      }
    this.constants = new Constants(pass, this.groups, pick);
    this.titles = null; // by group, as drawn
    this.texts = {}; // by box, all that it says
    for (const id of Object.keys(this.nodes)) this.texts[id] = [...this.groups[id].querySelectorAll("text")];
    this.lines = {}; // by edge, its parts
    for (const { id } of pass.model.edges) {
      const group = this.groups[id];
      const words = group.querySelector(".ad-edge-label");
      const head = group.querySelector(".ad-head");
      const back = head ? turned(group, head) : "";
      const path = group.querySelector(".ad-line");
      const ways = [path.getAttribute("d"), whole(group)]; // to the arrow's head, to its tip
      const line = [...group.querySelectorAll(".ad-line, .ad-head")];
      this.lines[id] = { group, words, head, back, path, ways, line };
    }
    this.sharing = {}; // how many steps pass along an edge: several, where a box stands for many values
    for (const { edge } of pass.steps) this.sharing[edge] = (this.sharing[edge] ?? 0) + 1;
  }

  // The group of a node or of a constant.
  groupOf(id) {
    return this.constants.boxes[id]?.group ?? this.groups[this.pass.nodes[id].box];
  }

  paint() {
    const { pass } = this;
    const known = pass.gradients();
    const sizes = pass.model.nodes.map((node) => Math.abs(node.grad)).filter(Number.isFinite);
    this.largest = sizes.reduce((one, other) => Math.max(one, other), 1e-300);
    const done = new Set(pass.forward ? pass.computed.slice(0, pass.at).map((node) => node.id) : []);
    const waiting = ({ id, op }) => (pass.forward ? op && !done.has(id) : !(id in known));
    for (const node of pass.model.nodes)
      if (node.row >= 0) this.#paintNumbers(node, known, pass.forward && waiting(node));
    this.constants.paint();
    if (this.painted !== pass.live.version) {
      if (pass.model.open) paintNames(this);
      paintRefusals(this);
      this.painted = pass.live.version;
    }
    this.#paintFrames(waiting);
    this.#paintEdges(done);
  }

  #paintNumbers(node, known, notYet) {
    const part = this.parts[node.id];
    const grad = known[node.id];
    const words = { data: notYet ? "·" : short(node.data), grad: node.id in known ? short(grad) : "·" };
    for (const [field, text] of Object.entries(words)) {
      put(part[field], "text", text);
      put(part[field], "font-size", part.size * Math.min(1, part.fits / text.length));
    }
    // Sign as colour, magnitude as strength, as autograd.drawing.style has it.
    const strength = Number.isNaN(grad) ? 1 : Math.max(0, 1 + Math.log10(Math.abs(grad) / this.largest) / 3);
    const opacity = grad === 0 ? 0.06 : 0.12 + 0.34 * Math.min(1, strength);
    put(part.cell, "fill", `var(--ad-${sign(grad)})`);
    put(part.cell, "fillOpacity", grad === undefined ? "0" : opacity.toFixed(2));
  }

  // The rest, which may wait until the reader pauses.
  settle() {
    this.#paintSpoken();
    paintTitles(this);
  }

  #paintFrames(waiting) {
    const { pass } = this;
    const steps = pass.current();
    const now = pass.computing?.id ?? steps.at(-1)?.node;
    const boxOf = (id) => pass.nodes[id].box;
    const receiving = new Set(steps.filter((step) => step.to).map((step) => boxOf(step.to)));
    for (const [id, nodes] of Object.entries(this.nodes)) {
      const group = this.groups[id];
      const picked = !pass.constant && nodes.some((node) => node.id === pass.picked);
      flag(group, "ad-now", now !== undefined && id === boxOf(now));
      flag(group, "ad-receives", receiving.has(id));
      flag(group, "ad-waits", nodes.every(waiting));
      flag(group, "ad-refused", nodes.some((node) => pass.live.engine.refused.has(placeOf(node.id))));
      flag(group, "ad-picked", picked);
      put(group, "aria-pressed", picked);
    }
  }

  // The boxes as a screen reader says them.
  #paintSpoken() {
    for (const [id, texts] of Object.entries(this.texts))
      put(this.groups[id], "aria-label", texts.map((text) => text.textContent).join(" "));
  }

  // An edge says what has passed along it: the local derivative forward, the product backward.
  #paintEdges(done) {
    const { pass } = this;
    const steps = pass.current();
    const passed = new Map(pass.done.map((step) => [step.edge, step]));
    const { changed } = pass.live;
    for (const edge of pass.model.edges) {
      const { group, words, line, path, ways, head, back } = this.lines[edge.id];
      const step = passed.get(edge.id);
      const shown = pass.forward ? done.has(edge.dst) : step;
      let text = "";
      if (shown && this.sharing[edge.id] === 1) {
        const local = edge.local === null ? "" : short(edge.local);
        text = pass.forward ? local : pass.product(step);
      }
      if (words) put(words, "text", text);
      const active = pass.forward ? edge.dst === pass.computing?.id : steps.includes(step);
      this.#colour(line, pass.forward && shown ? edge.local : changed && step ? (step.contribution ?? NaN) : null);
      flag(group, "ad-waits", !shown);
      flag(group, "ad-active", active);
      if (head) put(head, "transform", pass.forward || !step ? "" : back);
      put(path, "d", ways[pass.forward || !step ? 0 : 1]);
    }
  }

  // In the forward pass an edge has the sign of its local derivative; else that of what passed along it, which
  // Python has drawn as long as no input has changed.
  #colour(line, local) {
    const colour = local == null ? "" : `var(--ad-${sign(local)})`;
    for (const part of line) {
      put(part, "stroke", colour);
      put(part, "strokeWidth", colour && "1.4");
      if (part.tagName === "polygon") put(part, "fill", colour);
    }
  }

  // Send the message of this place along its edges, and look to where it goes.
  travel(speed) {
    const { pass } = this;
    const edges = pass.forward
      ? pass.model.edges.filter((edge) => edge.dst === pass.computing?.id)
      : pass.current().flatMap((step) => (step.edge ? [pass.edgeOf(step)] : []));
    send(this.message, edges.map((edge) => this.lines[edge.id].ways[1]), pass.forward, speed);
    const now = pass.computing?.id ?? pass.current().at(-1)?.node;
    const last = edges.at(-1);
    if (last) this.view.show(this.groupOf(last.src), this.groups[last.id], this.groupOf(last.dst));
    else if (now) this.view.show(this.groupOf(now));
  }
}

const sign = (x) => (x > 0 ? "positive" : x < 0 ? "negative" : "zero");
