// Which view an address shows, and how many jobs are under way.

import { Refused, get } from "./api.js";
import { h } from "./dom.js";
import { problem } from "./parts.js";
import { pause } from "./follow.js";
import { home } from "./home.js";
import { job } from "./job.js";
import { jobs } from "./jobs.js";
import { plan } from "./plan.js";

const ROUTES = [
  [/^#?\/?$/, "plans", home],
  [/^#\/plans\/(\d+)(?:\/designs\/([\w-]+))?$/, "plans", plan],
  [/^#\/jobs(?:\?(.*))?$/, "jobs", jobs],
  [/^#\/jobs\/([\w-]+)$/, "jobs", job],
];
const COUNT_MS = 4000;

const main = document.getElementById("main");
let leaving = new AbortController();
let isFirst = true;

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const found = ROUTES.map(([pattern, page, view]) => [pattern.exec(location.hash), page, view])
    .find(([match]) => match);
  const [match, page, view] = found ?? [[], "", lost];
  for (const link of document.querySelectorAll("nav [data-page]")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const place = h("div", { class: "view" });
  main.replaceChildren(place);
  if (!isFirst) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
  isFirst = false;
  try {
    await view(place, match.slice(1), signal);
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    place.replaceChildren(problem(error, show));
    if (!(error instanceof Refused)) throw error;
  }
}

function lost(place) {
  document.title = "Not found";
  place.append(
    h("section", { class: "empty" },
      h("h1", {}, "There is no such page"),
      h("p", {}, h("a", { href: "#/" }, "Upload a floor plan"), " or look at ",
        h("a", { href: "#/jobs" }, "the jobs"), ".")),
  );
}

async function count() {
  const badge = document.getElementById("unfinished");
  for (;;) {
    if (!document.hidden) {
      try {
        const { queues } = await get("/queues");
        const number = queues.reduce((sum, queue) =>
          sum + queue.ready + queue.delayed + queue.blocked + queue.running, 0);
        badge.textContent = String(number);
        badge.setAttribute("aria-label", `${number} not finished`);
        badge.hidden = number === 0;
      } catch {
        // The connection line tells.
      }
    }
    await pause(COUNT_MS);
  }
}

// A file that misses the drop zone must not replace the page.
for (const name of ["dragover", "drop"]) {
  addEventListener(name, (event) => event.preventDefault());
}
document.querySelector(".skip").addEventListener("click", (event) => {
  // The address of the page is after the #, so the jump is made here.
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", show);
show();
count();
