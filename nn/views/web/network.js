// The network as nn.draw_network drew it, with the weights and the activations of now.

import { short } from "../../../autograd/stepper/web/numbers.js";

const signed = (x) => (x > 0 ? "positive" : x < 0 ? "negative" : "zero");
// As autograd.drawing.style.strength has it: three decades below the largest.
const strong = (x, largest) =>
  x === 0 || largest === 0 ? 0 : Math.max(0, 1 + (Math.log10(Math.abs(x)) - Math.log10(largest)) / 3);

const READABLE_TYPE = 8.55; // pixels, on a phone

export class NetworkPicture {
  constructor(source, { layers }, parameters, say) {
    const drawn = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
    this.svg = document.importNode(drawn, true);
    this.svg.setAttribute("aria-label", say("network"));
    const sizes = [...this.svg.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")));
    const { width } = /** @type {any} */ (this.svg).viewBox.baseVal;
    this.svg.style.setProperty("--least", `${(READABLE_TYPE / Math.min(...sizes)) * width}px`);
    this.layers = layers;
    this.names = parameters.map(({ label }) => label);
    this.lines = [.../** @type {NodeListOf<SVGElement>} */ (this.svg.querySelectorAll("line[data-weight]"))].map((line) => {
      const [layer, j, k] = line.dataset.weight.split("-").map(Number);
      return { line, layer, parameter: layers[layer].weights[j][k] };
    });
    this.circles = [.../** @type {NodeListOf<SVGElement>} */ (this.svg.querySelectorAll("g[data-neuron]"))].map((group) => {
      const [column, neuron] = group.dataset.neuron.split("-").map(Number);
      return { group, column, neuron };
    });
  }

  // `activations` by column, the inputs first.
  paint(parameters, activations) {
    const largest = this.layers.map(({ weights }) => most(weights.flat().map((place) => parameters[place])));
    for (const { line, layer, parameter } of this.lines) {
      const w = parameters[parameter];
      line.setAttribute("class", `ad-stroke-${signed(w)}`);
      line.setAttribute("stroke-width", String(0.4 + 2.6 * Math.sqrt(largest[layer] ? Math.abs(w) / largest[layer] : 0)));
      line.setAttribute("stroke-opacity", String(0.25 + 0.65 * strong(w, largest[layer])));
      line.querySelector("title").textContent = `${this.names[parameter]} = ${w}`;
    }
    for (const { group, column, neuron } of this.circles) {
      const a = activations[column][neuron];
      const [, tint] = group.querySelectorAll("circle");
      tint.setAttribute("class", `ad-fill-${signed(a)}`);
      tint.setAttribute("fill-opacity", String(0.06 + 0.4 * strong(a, most(activations[column]))));
      const text = group.querySelector("text");
      text.textContent = short(a, 2);
      text.setAttribute("font-size", text.textContent.length < 6 ? "11" : "9");
      const bias = column ? this.layers[column - 1].biases[neuron] : null;
      const lines = bias === null ? [] : [`${this.names[bias]} = ${parameters[bias]}`];
      group.querySelector("title").textContent = [...lines, `${column ? "a" : "x"} = ${a}`].join("\n");
    }
  }
}

const most = (numbers) => numbers.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
