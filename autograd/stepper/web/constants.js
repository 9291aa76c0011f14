// The boxes of constants in the picture, which a reader may change as inputs.

import { flag, put } from "./elements.js";
import { exact, short } from "./numbers.js";

const DIGITS = 6; // as autograd.drawing.boxes writes a constant

export class Constants {
  constructor(pass, groups, pick) {
    this.pass = pass;
    this.boxes = {}; // by id, of those that may be changed
    for (const id of pass.constants) {
      const group = groups[id.replace("c", "k").replace("_", "-")];
      const [text, title] = [group.querySelector("text"), group.querySelector("title")];
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "button");
      group.addEventListener("click", () => pick(`n${pass.live.constant(id).k}`, id));
      const fits = Math.max(2, text.textContent.length); // characters
      this.boxes[id] = { group, text, title, fits, size: parseFloat(text.getAttribute("font-size")) };
    }
  }

  paint() {
    const { pass } = this;
    for (const [id, { group, text, title, fits, size }] of Object.entries(this.boxes)) {
      const x = pass.live.number(id);
      const words = short(x, DIGITS);
      put(text, "text", words);
      put(text, "font-size", size * Math.min(1, fits / words.length));
      put(title, "text", pass.say("constant", { number: exact(x) }));
      flag(group, "ad-picked", pass.constant === id);
      put(group, "aria-pressed", pass.constant === id);
      put(group, "aria-label", pass.say("constant", { number: words }));
    }
  }
}
