// The demon (Nielsen ch. 2): change one value by Δ, and see the predicted change beside the true one.
// The curve is known at its points only.

import { make } from "./elements.js";
import { short } from "./numbers.js";

const [WIDTH, HEIGHT] = [300, 140];

export function demon(pass, node, { span, changes }) {
  const { delta } = pass.model.letters;
  const values = { delta, node: node.label, output: pass.root.label, gradient: pass.grad(node.id) };
  const middle = (changes.length - 1) / 2;
  const nudge = (i) => (span * (i - middle)) / middle;
  const predicted = (i) => node.grad * nudge(i);
  const top = Math.max(...changes.filter(Number.isFinite).map(Math.abs), 1e-300);
  const x = (i) => 10 + i * 7;
  const y = (change) => (Number.isFinite(change) ? HEIGHT / 2 - (change / top) * 55 : HEIGHT / 2);
  const point = (i, change) => `${x(i)},${y(change).toFixed(1)}`;

  const pen = (i) => (Number.isFinite(changes[i - 1]) ? "L" : "M"); // lifted over what is no number
  const known = changes.map((change, i) => (Number.isFinite(change) ? pen(i) + point(i, change) : ""));
  const tangent = [0, 2 * middle].map((i) => point(i, predicted(i)));
  const dots = ["ad-predicted", "ad-true"].map((kind) => make(`svg:circle.${kind}`, { r: 4 }));
  const words = pass.say("curve", values);
  const chart = make(
    "svg:svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words },
    make("svg:path.ad-axes", { d: `M10,${HEIGHT / 2}H290M${WIDTH / 2},8V132` }),
    make("svg:path.ad-tangent", { d: `M${tangent.join("L")}` }),
    make("svg:path.ad-curve", { d: known.join("") }),
    dots,
  );

  const told = make("output");
  const show = (i) => {
    [predicted(i), changes[i]].forEach((change, k) => {
      dots[k].setAttribute("cx", x(i));
      dots[k].setAttribute("cy", y(change));
    });
    told.replaceChildren(
      make("span", {}, `${delta} = ${short(nudge(i))}`),
      make("span.ad-predicted", {}, pass.say("predicted", { ...values, number: short(predicted(i)) })),
      make("span.ad-true", {}, pass.say("true", { number: short(changes[i]) })),
    );
  };
  const slider = make("input", {
    type: "range",
    min: 0,
    max: 2 * middle,
    value: middle,
    "aria-label": pass.say("added", values),
    oninput: () => show(Number(slider.value)),
  });
  show(middle);
  const title = make("p.ad-title", {}, pass.say("what_if", values));
  return make("div.ad-demon", {}, title, chart, slider, told);
}
