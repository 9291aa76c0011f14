// Frames for what Python shows as HTML, and buttons.

const HEAD = '<!doctype html><meta name="color-scheme" content="light dark"><style>body{margin:8px auto;max-width:1120px}</style>';

// A frame that shows a piece of HTML.
export function framed(html, title) {
  const frame = document.createElement("iframe");
  frame.className = "live";
  frame.srcdoc = HEAD + html;
  frame.title = title;
  fit(frame);
  return frame;
}

// A frame as high as what is in it.
export function fit(frame) {
  const measure = () => {
    const body = frame.contentDocument?.body;
    if (!body) return;
    new ResizeObserver(() => (frame.style.height = `${body.offsetHeight + 40}px`)).observe(body);
  };
  frame.addEventListener("load", measure);
  if (frame.contentDocument?.readyState === "complete") measure();
}

export function button(text, act) {
  const made = document.createElement("button");
  made.className = "md-button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
