// A drawing that can be enlarged, with areas over it that answer to the list beside it.

import { h, svg } from "./dom.js";

const STEPS = [1, 1.5, 2, 3, 4];

// `areas` are {key, rings}: rings of [x, y] in the coordinates of the drawing. `part` is the box of
// what matters, if the sheet has much around it.
export function sheet(picture, alt, areas, part = null) {
  const over = svg("svg", { class: "over", "aria-hidden": "true" });
  const shapes = new Map();
  for (const { key, rings } of areas) {
    const path = svg("path", {
      d: rings.map((ring) => `M${ring.map((point) => point.join(" ")).join("L")}Z`).join(""),
      "fill-rule": "evenodd",
    });
    path.addEventListener("pointerenter", () => mark(key, true));
    path.addEventListener("pointerleave", () => mark(key, false));
    shapes.set(key, { path, others: [] });
    over.append(path);
  }

  function mark(key, isOn) {
    const shape = shapes.get(key);
    if (!shape) return;
    for (const element of [shape.path, ...shape.others]) element.classList.toggle("marked", isOn);
  }

  const image = h("img", { alt, decoding: "async" });
  const paper = h("div", { class: "paper" }, image, over);
  const view = h("div", { class: "sheet-view", tabindex: "0", role: "group", "aria-label": `${alt}. Plus and minus change the size.` }, paper);

  let step = 0;
  const less = h("button", { type: "button", "aria-label": "Smaller", onclick: () => zoom(-1) }, "−");
  const more = h("button", { type: "button", "aria-label": "Larger", onclick: () => zoom(1) }, "+");
  function zoom(by) {
    const next = Math.min(STEPS.length - 1, Math.max(0, step + by));
    const ratio = STEPS[next] / STEPS[step];
    const [x, y] = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2];
    step = next;
    paper.style.setProperty("--zoom", STEPS[step]);
    // What was in the middle stays there.
    view.scrollTo(x * ratio - view.clientWidth / 2, y * ratio - view.clientHeight / 2);
    less.disabled = step === 0;
    more.disabled = step === STEPS.length - 1;
  }
  less.disabled = true;

  const pictures = { part: null, whole: picture.url };
  function look(isPart) {
    const box = isPart ? part : picture.box;
    if (isPart) pictures.part ??= picture.cut(part);
    image.src = isPart ? pictures.part : pictures.whole;
    image.width = 1000;
    image.height = Math.round((1000 * box[3]) / box[2]);
    over.setAttribute("viewBox", box.join(" "));
    paper.style.setProperty("--ratio", String(box[2] / box[3]));
  }
  const whole = h("button", {
    type: "button", class: "wide", "aria-pressed": "false",
    onclick: () => {
      const isWhole = whole.getAttribute("aria-pressed") === "false";
      whole.setAttribute("aria-pressed", String(isWhole));
      look(!isWhole);
    },
  }, "Whole page");
  look(part !== null);
  view.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") zoom(1);
    else if (event.key === "-") zoom(-1);
    else return;
    event.preventDefault();
  });

  const element = h("figure", { class: "sheet" }, view,
    h("figcaption", { class: "sheet-tools" }, less, more, part ? whole : null,
      h("a", { href: picture.url, target: "_blank", rel: "noopener" }, "Drawing alone")));
  return {
    element,
    // Lets a row of a table and an area light up together.
    bind(key, row) {
      shapes.get(key)?.others.push(row);
      for (const [name, isOn] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
        row.addEventListener(name, () => mark(key, isOn));
      }
    },
  };
}
