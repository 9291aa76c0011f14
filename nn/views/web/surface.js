// The outputs of the network for all inputs: over the plane for two inputs, along the line for one.

import { make } from "../../../autograd/stepper/web/elements.js";

const SIZE = 300; // of the drawing, in pixels of CSS
const MARGIN = 0.12; // around the examples
const CLASSES = ["negative", "positive", "result", "leaf", "output", "constant"]; // colours of classes, by index

export class Surface {
  constructor(host, run, say, pick) {
    this.host = host;
    this.run = run;
    this.canvas = make("canvas.nn-surface", { role: "img" });
    this.context = this.canvas.getContext("2d");
    const points = run.examples.map(({ inputs }) => inputs);
    this.line = points[0].length === 1;
    const across = around(points.map(([x]) => x));
    const along = run.examples.map(({ target }) => (Number.isFinite(target) ? target : 0));
    this.range = [across, around(this.line ? along : points.map(([, y]) => y))];
    this.canvas.setAttribute("aria-label", say(this.line ? "line" : "plane"));
    this.canvas.addEventListener("click", ({ offsetX, offsetY }) => {
      const away = (row) => Math.hypot(...this.#place(row).map((at, k) => at - [offsetX, offsetY][k]));
      const rows = run.examples.map((_, row) => row);
      pick(rows.reduce((one, other) => (away(other) < away(one) ? other : one)));
    });
  }

  // `fine` in a pause; while it runs, fewer points are computed.
  paint(picked, fine) {
    const { canvas, context } = this;
    const scale = devicePixelRatio || 1;
    this.size = canvas.clientWidth || SIZE;
    canvas.width = canvas.height = Math.round(this.size * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    this.colours = palette(this.host);
    if (this.line) this.#curve(fine ? 200 : 80);
    else this.#plane(fine ? 64 : 36);
    this.run.examples.forEach((_, row) => row !== picked && this.#point(row, false));
    this.#point(picked, true);
  }

  #plane(count) {
    const { run } = this;
    const [[left, right], [low, high]] = this.range;
    const outputs = [];
    for (let j = 0; j < count; j++)
      for (let i = 0; i < count; i++) {
        const x = left + ((right - left) * i) / (count - 1);
        const y = high - ((high - low) * j) / (count - 1);
        outputs.push([...run.outputs([x, y])]);
      }
    const heights = outputs.map(([output]) => output - (run.limit ?? 0));
    const largest = heights.reduce((most, height) => Math.max(most, Math.abs(height) || 0), 1e-300);
    const image = new ImageData(count, count);
    outputs.forEach((one, k) => {
      const [colour, share] =
        one.length > 1
          ? [this.#ofClass(run.decided(one)), margin(one)]
          : [this.colours[heights[k] > 0 ? "positive" : "negative"], Math.sqrt(Math.abs(heights[k]) / largest)];
      image.data.set([...colour, Math.round(255 * (0.06 + 0.5 * Math.min(1, share || 0)))], 4 * k);
    });
    const small = new OffscreenCanvas(count, count);
    small.getContext("2d").putImageData(image, 0, 0);
    this.context.imageSmoothingQuality = "high";
    // The middles of the outer cells lie on the edges of the drawing.
    const cell = this.size / (count - 1);
    this.context.drawImage(small, -cell / 2, -cell / 2, cell * count, cell * count);
    if (outputs[0].length === 1 && run.limit !== null) this.#contour(heights, count, cell);
  }

  // The line on which the output says neither class: through each cell from edge to edge.
  #contour(heights, count, cell) {
    const { context } = this;
    context.beginPath();
    for (let j = 0; j + 1 < count; j++)
      for (let i = 0; i + 1 < count; i++) {
        const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
        const crossed = corners.flatMap(([x, y], k) => {
          const [u, v] = corners[(k + 1) % 4];
          const [here, there] = [heights[y * count + x], heights[v * count + u]];
          if (here > 0 === there > 0) return [];
          const share = here / (here - there);
          return [[x + share * (u - x), y + share * (v - y)]];
        });
        for (let k = 0; k + 1 < crossed.length; k += 2) {
          context.moveTo(crossed[k][0] * cell, crossed[k][1] * cell);
          context.lineTo(crossed[k + 1][0] * cell, crossed[k + 1][1] * cell);
        }
      }
    context.strokeStyle = css(this.colours.ink);
    context.lineWidth = 1.6;
    context.stroke();
  }

  #curve(count) {
    const { context, run, range, size } = this;
    const [[left, right], [low, high]] = range;
    context.clearRect(0, 0, size, size);
    const points = Array.from({ length: count }, (_, k) => left + ((right - left) * k) / (count - 1));
    const curves = points.map((x) => [...run.outputs([x])]);
    curves[0].forEach((_, output) => {
      context.beginPath();
      curves.forEach((values, k) => {
        const y = size - ((values[output] - low) / (high - low)) * size;
        context.lineTo((k / (count - 1)) * size, Math.min(Math.max(y, -1e4), 1e4));
      });
      context.strokeStyle = css(this.colours[CLASSES[output % CLASSES.length]]);
      context.lineWidth = 2;
      context.stroke();
    });
  }

  #point(row, picked) {
    const { context } = this;
    const [x, y] = this.#place(row);
    context.beginPath();
    context.arc(x, y, picked ? 7.5 : 4.2, 0, 7);
    context.fillStyle = css(this.#ofClass(this.run.examples[row].says ?? 0));
    context.fill();
    context.lineWidth = picked ? 3 : 1.2;
    context.strokeStyle = css(this.colours[picked ? "ink" : "box"]);
    context.stroke();
  }

  #place(row) {
    const { inputs, target } = this.run.examples[row];
    const at = [inputs[0], this.line ? target : inputs[1]];
    const [x, y] = this.range.map(([low, high], k) => ((at[k] - low) / (high - low)) * this.size);
    return [x, this.size - y];
  }
  #ofClass(index) {
    return this.colours[CLASSES[index % CLASSES.length]];
  }
}

// A range somewhat larger than that of the numbers.
function around(numbers) {
  const [low, high] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
  const more = MARGIN * (high - low) || 1;
  return [low - more, high + more];
}

// By how much the largest output leads, from 0 to 1.
function margin(outputs) {
  const [first, second] = [...outputs].sort((a, b) => b - a);
  return 1 - Math.exp(second - first);
}

// The colours of the pictures as numbers, in the theme of the page.
function palette(host) {
  const probe = make("i.ad.ad-auto", { hidden: true }); // where the pictures' style sheet applies
  host.append(probe);
  const read = (name) => {
    probe.style.color = `var(--ad-${name})`;
    return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
  };
  const colours = Object.fromEntries([...new Set([...CLASSES, "ink", "box"])].map((name) => [name, read(name)]));
  probe.remove();
  return colours;
}
const css = (colour) => `rgb(${colour.join(" ")})`;
