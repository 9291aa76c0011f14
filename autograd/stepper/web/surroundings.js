// The surroundings of the page's script: the light or dark page around, the tooltips of the drawn picture, the focus.

// The tooltips of the drawn picture hold numbers that are not known yet, and answers.
export function quiet(svg) {
  const known = (line) => !/\.grad \+= |^grad = /.test(line);
  for (const title of svg.querySelectorAll("title"))
    title.textContent = title.textContent.split("\n").filter(known).join("\n");
}

// Dark or light as the page around is, now and whenever it is switched; else as the reader prefers.
const DARK = "[data-jp-theme-light=false], .vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light), " +
  "[data-theme=dark], [theme=dark], [data-md-color-scheme=slate]";
const LIGHT = "[data-jp-theme-light=true], .vscode-light, .vscode-high-contrast-light, [data-theme=light], " +
  "[theme=light], [data-md-color-scheme=default]";
export function adopt(host) {
  const paint = () => {
    const dark = host.closest(DARK) !== null;
    host.classList.toggle("ad-dark", dark);
    host.classList.toggle("ad-light", !dark && host.closest(LIGHT) !== null);
  };
  paint();
  const watch = new MutationObserver(paint);
  for (const element of [document.documentElement, document.body]) watch.observe(element, { attributes: true });
}

// A formula or a text that is wider or higher than its place scrolls, so the keyboard must reach it.
const SCROLLS = ".ad-rule, .ad-reason, .ad-details dd, .ad-trace pre, .ad-program pre";
export function reachable(host) {
  const check = () => {
    for (const part of host.querySelectorAll(SCROLLS)) {
      const scrolls = part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight;
      if (scrolls) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  };
  new MutationObserver(check).observe(host, { childList: true, subtree: true });
  new ResizeObserver(check).observe(host);
}

// Put new content in. A focus that was in the old is not lost: it goes to what is called `next` in the
// new, or to what stands `outside`.
export function refill(place, content, next, outside) {
  const focused = place.contains(place.getRootNode().activeElement);
  place.replaceChildren(...content.filter(Boolean));
  if (focused) (place.querySelector(next) ?? outside)?.focus();
}

// The title of a saved page, when the name of its output has changed.
export function retitle(pass) {
  document.title = pass.say("title", { output: pass.root.label });
  document.querySelector(".ad-page h1").textContent = document.title;
}
