// Gradient descent, the phase after the backward pass: parameters move against their gradients, update by
// update, forth and back, and the loss is drawn.

import { make, math, mi, mn, mo } from "./elements.js";
import { exact, short } from "./numbers.js";
import { read } from "./editor.js";
import { refusalOf } from "./refusals.js";

const SHOWN = 8; // parameters whose next update is written out
const CHART_WIDTH = 300;
const CHART_HEIGHT = 130;

export class Descent {
  constructor(pass) {
    this.pass = pass;
    this.live = pass.live;
    this.names = pass.model.leaves; // of all inputs, by their place
    this.choices = this.live.leaves.filter((k) => this.live.canEdit(k));
    this.chosen = new Set((pass.model.params ?? []).filter((k) => this.live.canEdit(k)));
    this.rate = 0.1;
    this.history = []; // {inputs, loss}
    this.at = 0;
  }

  // Begin where the inputs are now, unless that is a place of the history.
  begin() {
    const inputs = this.live.inputs();
    const known = this.history[this.at]?.inputs;
    if (known && inputs.every((x, i) => Object.is(x, known[i]))) return;
    this.history = [{ inputs, loss: this.live.data(this.live.engine.output) }];
    this.at = 0;
  }
  get parameters() {
    return this.choices.filter((k) => this.chosen.has(k));
  }
  next(k) {
    return this.live.engine.data[k] - this.rate * this.live.grad(k);
  }
  // Whether there is an update to make.
  get canStep() {
    const { parameters } = this;
    return parameters.length > 0 && parameters.every((k) => this.live.grad(k) !== undefined);
  }
  step() {
    if (this.history.length === 1) this.live.remember();
    this.live.set(this.parameters.map((k) => [`n${k}`, this.next(k)]));
    this.history.length = this.at + 1;
    this.history.push({ inputs: this.live.inputs(), loss: this.live.data(this.live.engine.output) });
    this.at += 1;
  }
  seek(at) {
    this.at = at;
    this.live.restore(this.history[at].inputs);
  }
}

// The panel of the phase: the next update in numbers, the learning rate, the parameters, the curve.
export function descentPanel(pass, descent, changed) {
  const { say } = pass;
  const rule = make("div.ad-updates");
  const chart = make("div.ad-loss");
  const rate = make("input.ad-field", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": say("rate"),
    value: short(descent.rate),
    oninput: () => choose(read(rate.value)),
  });
  const slider = make("input", {
    type: "range",
    min: -4,
    max: 1,
    step: 0.05,
    value: Math.log10(descent.rate),
    "aria-label": say("rate_slide"),
    oninput: () => {
      choose(Number((10 ** Number(slider.value)).toPrecision(2)));
      rate.value = exact(descent.rate).replace(/\.0$/, "");
    },
  });
  function choose(x) {
    rate.setAttribute("aria-invalid", !Number.isFinite(x));
    if (!Number.isFinite(x)) return;
    descent.rate = x;
    paint();
  }
  const ticks = descent.choices.map((k) => {
    const box = make("input", {
      type: "checkbox",
      checked: descent.chosen.has(k),
      onchange: () => {
        descent.chosen[box.checked ? "add" : "delete"](k);
        paint();
        changed();
      },
    });
    return make("label", {}, box, descent.names[k]);
  });
  const parameters = make("fieldset.ad-parameters", {}, make("legend", {}, say("parameters")), ticks);
  const rates = make("div.ad-rate", {}, make("label", {}, say("rate"), rate), slider);
  const element = make("div.ad-descent", {}, make("div", {}, rule, rates, parameters), chart);
  function paint() {
    rule.replaceChildren(...rules(pass, descent));
    chart.replaceChildren(curve(pass, descent));
  }
  return { element, paint };
}

// w ← w − η · w.grad = 0.5 − 0.1 × 1.2 = 0.38
function rules(pass, descent) {
  const { parameters, rate, live } = descent;
  if (!parameters.length) return [make("p.ad-words", {}, pass.say("tick_some"))];
  if (!descent.canStep) return [make("p.ad-words", {}, refusalOf(pass) || pass.say("stuck"))];
  const line = (k) => {
    const name = () => mi(descent.names[k]);
    const [x, gradient] = [live.engine.data[k], live.grad(k)];
    const times = short(gradient).startsWith("−") ? [mo("("), mn(gradient), mo(")")] : [mn(gradient)];
    return make(
      "p.ad-rule",
      {},
      math(name(), mo("←"), name(), mo("−"), mi("η"), mo("·"), mi(`${descent.names[k]}.grad`)),
      math(mo("="), mn(x), mo("−"), mn(rate), mo("×"), times, mo("="), mn(descent.next(k))),
    );
  };
  const more = parameters.length - SHOWN;
  return [
    ...parameters.slice(0, SHOWN).map(line),
    more > 0 ? make("p.ad-words", {}, pass.say("more_inside", { count: more })) : "",
  ].filter(Boolean);
}

function curve(pass, { history, at }) {
  const values = { output: pass.word(pass.model.root), count: at, number: short(history[at]?.loss) };
  const words = pass.say("loss_after", values);
  const losses = history.map(({ loss }) => loss);
  const finite = losses.filter((x) => x !== undefined && Number.isFinite(x));
  const [low, high] = [Math.min(...finite, 0), Math.max(...finite)];
  const x = (i) => 8 + ((CHART_WIDTH - 16) * i) / Math.max(losses.length - 1, 10);
  const y = (loss) => CHART_HEIGHT - 8 - ((CHART_HEIGHT - 16) * (loss - low)) / (high - low || 1);
  const isKnown = (loss) => loss !== undefined && Number.isFinite(loss);
  const point = (loss, i) =>
    isKnown(loss) ? `${isKnown(losses[i - 1]) ? "L" : "M"}${x(i).toFixed(1)},${y(loss).toFixed(1)}` : "";
  const dot = isKnown(losses[at]) ? make("svg:circle.ad-true", { r: 4, cx: x(at), cy: y(losses[at]) }) : [];
  return make(
    "figure",
    {},
    make(
      "svg:svg",
      { viewBox: `0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`, role: "img", "aria-label": pass.say("loss_curve", values) },
      make("svg:path.ad-axes", { d: `M8,${y(0)}H${CHART_WIDTH - 8}M8,8V${CHART_HEIGHT - 8}` }),
      make("svg:path.ad-curve", { d: losses.map(point).join("") }),
      dot,
    ),
    make("figcaption", {}, words),
  );
}
