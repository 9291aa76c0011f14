// The window on the picture: at first the whole graph, then as near as the reader likes. Buttons, the wheel
// with Ctrl, two fingers and the keys + − 0 zoom; dragging and scrolling move; F is for presentations.

import { make } from "./elements.js";

const PIXELS = 4 / 3; // of a point
const READABLE = 0.62; // below this scale, with type of 9 pixels, the view goes where the arrow goes
const [MOST, STEP] = [4, 1.25];
const BORDER = 12; // pixels around what is shown
const CORNER = [170, 44]; // pixels that the buttons take

export class View {
  constructor(svg, label, say, host) {
    this.svg = svg;
    this.host = host;
    const { width, height } = svg.viewBox.baseVal;
    this.width = width * PIXELS;
    this.height = height * PIXELS;
    this.frame = make("div.ad-picture", { tabindex: 0, role: "group", "aria-label": label }, svg);
    const button = (name, symbol, onclick) =>
      make("button", { type: "button", "aria-label": say(name), title: say(name), onclick }, symbol);
    const buttons = make(
      "div.ad-view",
      { role: "group", "aria-label": say("view") },
      button("zoom_out", "−", () => this.zoom(1 / STEP)),
      button("zoom_fit", "↔", () => this.fit()),
      button("zoom_in", "+", () => this.zoom(STEP)),
      button("present", "⤢", () => this.present()),
    );
    this.element = make("div.ad-stage", {}, this.frame, buttons);
    this.own = false; // whether the reader has chosen the scale
    this.scale = 1;
    this.fingers = new Map();
    this.frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"])
      this.frame.addEventListener(kind, (event) => this.#pointer(event));
    new ResizeObserver(() => this.resized()).observe(this.element);
    document.addEventListener("fullscreenchange", () => this.#presented(document.fullscreenElement === host));
  }

  // The available space, and the scale at which the whole graph fits into it.
  get room() {
    const presenting = this.host.classList.contains("ad-presenting");
    const height = presenting ? this.element.clientHeight : 0.7 * innerHeight;
    return [Math.max(this.element.clientWidth - 8, 50), Math.max(height - 8, 50), presenting ? MOST : 1.35];
  }
  get whole() {
    const [width, height, most] = this.room;
    return Math.min(most, width / this.width, height / this.height);
  }

  resized() {
    const [, height] = this.room;
    const wanted = (this.whole < READABLE ? 1 : this.whole) * this.height;
    if (!this.host.classList.contains("ad-presenting"))
      this.frame.style.height = `${Math.round(Math.min(height, wanted) + 10)}px`;
    else this.frame.style.height = "";
    if (!this.own) this.#set(this.whole);
    this.element.classList.toggle("ad-apart", this.whole < READABLE || this.#covers());
    if (this.seen) this.show(...this.seen);
  }

  // Whether the buttons, in the corner of the picture, would cover a box.
  #covers() {
    const { right, top } = this.frame.getBoundingClientRect();
    const boxes = [...this.svg.querySelectorAll(".ad-frame")].map((frame) => frame.getBoundingClientRect());
    return boxes.some((box) => box.right > right - CORNER[0] && box.top < top + CORNER[1]);
  }

  fit() {
    this.own = false;
    this.seen = null;
    this.#set(this.whole);
  }

  // Zoom around the pointer, or around the middle.
  zoom(factor, x, y) {
    const box = this.frame.getBoundingClientRect();
    [x, y] = [(x ?? box.left + box.width / 2) - box.left, (y ?? box.top + box.height / 2) - box.top];
    const before = this.scale;
    this.own = true;
    this.#set(Math.min(MOST, Math.max(Math.min(this.whole, 1) / 2, before * factor)));
    const moved = this.scale / before;
    this.frame.scrollLeft = (this.frame.scrollLeft + x) * moved - x;
    this.frame.scrollTop = (this.frame.scrollTop + y) * moved - y;
  }

  #set(scale) {
    this.scale = scale;
    this.svg.style.width = `${this.width * scale}px`;
    this.svg.style.height = `${this.height * scale}px`;
  }

  // Bring groups of the picture into view, all at once: nearer if they could not be read, farther if they
  // do not fit.
  show(...groups) {
    this.seen = groups;
    const around = () => {
      const rects = groups.map((group) => group.getBoundingClientRect());
      const [left, top] = ["left", "top"].map((side) => Math.min(...rects.map((rect) => rect[side])));
      const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...rects.map((rect) => rect[side])));
      return { left, top, right, bottom, width: right - left, height: bottom - top };
    };
    const [part, view, whole] = [around(), this.frame.getBoundingClientRect(), this.whole];
    const fitting = this.scale * Math.min((view.width - BORDER) / part.width, (view.height - BORDER) / part.height);
    const [least, near] = this.host.classList.contains("ad-presenting") ? [1, 2] : [READABLE, 1];
    const wanted = this.own ? this.scale : whole < least ? near : whole;
    this.#set(Math.min(wanted, Math.max(fitting, whole)));
    const now = around();
    const inside = (low, high) => now[low] >= view[low] + 4 && now[high] <= view[high] - 4;
    if (inside("left", "right") && inside("top", "bottom")) return;
    this.frame.scrollBy(
      (now.left + now.right - view.left - view.right) / 2,
      (now.top + now.bottom - view.top - view.bottom) / 2,
    );
  }

  // The whole screen, without controls, or, if that is not allowed, the whole window.
  present(on = !this.host.classList.contains("ad-presenting")) {
    if (!on && document.fullscreenElement === this.host) return void document.exitFullscreen();
    if (on && this.host.requestFullscreen)
      return void this.host.requestFullscreen().catch(() => this.#presented(true));
    this.#presented(on);
  }
  #presented(on) {
    if (on === this.host.classList.contains("ad-presenting")) return;
    this.host.classList.toggle("ad-presenting", on);
    this.own = false;
    this.resized();
    if (on) this.frame.focus();
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * 0.002), event.clientX, event.clientY);
  }

  // One finger or the mouse drags, two fingers zoom.
  #pointer(event) {
    const { fingers, frame } = this;
    const before = fingers.get(event.pointerId);
    if (event.type === "pointerdown") {
      if (event.pointerType !== "mouse" || !event.target.closest(".ad-node")) fingers.set(event.pointerId, event);
      return;
    }
    if (!before) return;
    if (event.type !== "pointermove") return void fingers.delete(event.pointerId);
    if (fingers.size === 2) {
      const [other] = [...fingers.values()].filter((finger) => finger.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      const middle = [(event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2];
      this.zoom(apart(event) / apart(before), ...middle);
    } else if (event.pointerType === "mouse" && event.buttons)
      frame.scrollBy(before.clientX - event.clientX, before.clientY - event.clientY);
    fingers.set(event.pointerId, event);
  }
}
