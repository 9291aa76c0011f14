// The scripts of the site: frames take the height of their content, pictures open large,
// transcripts are copied as code, lessons run, and expressions can be tried.
const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
const module = (name) => import(new URL(name, src).href);
const cells = [...document.querySelectorAll(".cell")];
const steppers = document.querySelectorAll("iframe.live");
const field = document.querySelector(".try");

document.querySelectorAll(".md-content img").forEach(enlargeable);
if (steppers.length) module("frames.js").then(({ fit }) => steppers.forEach(fit));
if (cells.length || field) start();

// `make docs` writes live/site.json: whether `make playground` brought Python, and an example to try.
async function start() {
  const answer = await fetch(new URL("live/site.json", src));
  if (!answer.ok) return;
  const site = await answer.json();
  if (cells.length && site.playground) (await module("lesson.js")).offer(cells);
  if (field) (await module("try.js")).offer(field, site);
}

// A picture opens large: as large as the window; selected again, twice that, to be scrolled; Escape closes it.
function enlargeable(image) {
  if (!/\.svg|image\/svg/.test(image.src) || image.closest("a")) return;
  image.classList.add("enlargeable");
  image.tabIndex = 0;
  image.setAttribute("role", "button");
  image.setAttribute("aria-label", `${image.alt} (select to enlarge)`);
  const open = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "large";
    const large = document.createElement("img");
    Object.assign(large, { src: image.src, alt: image.alt });
    large.onclick = () => dialog.classList.toggle("larger");
    dialog.onclick = ({ target }) => target === dialog && dialog.close();
    dialog.onclose = () => dialog.remove();
    const close = document.createElement("button");
    Object.assign(close, { className: "md-button", textContent: "✕", onclick: () => dialog.close() });
    close.setAttribute("aria-label", "Close");
    dialog.append(close, large);
    document.body.append(dialog);
    dialog.showModal();
  };
  image.onclick = open;
  image.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  };
}

// The copy button of a transcript copies its code alone: without prompts, and without what was printed.
document.addEventListener(
  "click",
  ({ target }) => {
    const copy = /** @type {HTMLElement} */ (target).closest("[data-clipboard-target]");
    const lines = copy && document.querySelector(copy.getAttribute("data-clipboard-target"))?.textContent.split("\n");
    if (lines?.[0].startsWith(">>> ")) {
      const code = lines.filter((line) => /^(>>>|\.\.\.)( |$)/.test(line)).map((line) => line.slice(4));
      copy.setAttribute("data-clipboard-text", code.join("\n"));
    }
  },
  true, // before the button's own listener, which prefers this attribute to its target
);
