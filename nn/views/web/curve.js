// The loss by epoch, with a mark at the epoch that is shown.

import { make } from "../../../autograd/stepper/web/elements.js";
import { short } from "../../../autograd/stepper/web/numbers.js";

const [ACROSS, DOWN, LEFT, BOTTOM, TOP] = [320, 300, 44, 26, 10];

export class LossCurve {
  constructor(say, seek) {
    this.say = say;
    this.line = make("svg:path", { class: "nn-loss" });
    this.mark = make("svg:circle", { r: 4.5, class: "nn-mark" });
    this.axes = make("svg:g", {});
    this.svg = make(
      "svg:svg",
      { viewBox: `0 0 ${ACROSS} ${DOWN}`, role: "img", class: "nn-curve" },
      this.axes,
      this.line,
      this.mark,
    );
    this.svg.addEventListener("click", (event) => {
      const { left, width } = this.svg.getBoundingClientRect();
      const x = ((event.clientX - left) / width) * ACROSS;
      seek(Math.round(((x - LEFT) / (ACROSS - LEFT - 8)) * this.epochs));
    });
  }

  paint({ history, at, last }) {
    this.epochs = Math.max(last, 1);
    const costs = history.map(({ cost }) => cost);
    const scale = ticks(Math.min(0, ...costs), costs.reduce((one, other) => Math.max(one, other)));
    const [low, high] = [scale[0], scale.at(-1)];
    const x = (epoch) => LEFT + ((ACROSS - LEFT - 8) * epoch) / this.epochs;
    const y = (cost) => DOWN - BOTTOM - ((DOWN - BOTTOM - TOP) * (cost - low)) / (high - low);
    // No more points than pixels; each is the largest of what it stands for, so that no peak is lost.
    const width = Math.max(1, Math.ceil(costs.length / 300));
    const points = [];
    for (let k = 0; k < costs.length; k += width) {
      const peak = Math.max(...costs.slice(k, k + width));
      points.push(`${x(k).toFixed(1)},${y(peak).toFixed(1)}`);
    }
    points.push(`${x(last).toFixed(1)},${y(costs[last]).toFixed(1)}`);
    this.line.setAttribute("d", `M${points.join("L")}`);
    this.mark.setAttribute("cx", x(at));
    this.mark.setAttribute("cy", y(costs[at]));
    const grid = scale.map((cost) => [
      make("svg:line", { x1: LEFT, x2: ACROSS - 8, y1: y(cost), y2: y(cost) }),
      make("svg:text", { x: LEFT - 6, y: y(cost) + 4, "text-anchor": "end" }, short(cost)),
    ]);
    const ends = [0, last || 1].map((epoch, k) =>
      make("svg:text", { x: x(epoch), y: DOWN - 6, "text-anchor": k ? "end" : "start" }, String(epoch)),
    );
    const name = make("svg:text", { x: x(this.epochs / 2), y: DOWN - 6, "text-anchor": "middle" }, this.say("epoch"));
    this.axes.replaceChildren(...grid.flat(), ...ends, name);
    this.svg.setAttribute("aria-label", this.say("curve", { first: short(costs[0]), last: short(costs[last]), at, cost: short(costs[at]) }));
  }
}

// Round numbers from below the lowest to above the highest, four steps or so.
function ticks(low, high) {
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step - 1e-9) - first);
  return Array.from({ length: count + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}
