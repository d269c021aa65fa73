// The list of jobs, by state, kept up to date.

import { get, send } from "./api.js";
import { h } from "./dom.js";
import { isEnded, pause } from "./follow.js";
import { ago, between, plural, when, words } from "./format.js";
import { complaint, mayBeRetried, state } from "./parts.js";

const STATES = ["", "queued", "running", "succeeded", "failed", "cancelled"];
const LOOK_MS = 1500;
const LIMIT = 25;

export async function jobs(place, [query], signal) {
  document.title = "Jobs";
  const asked = new URLSearchParams(query ?? "");
  const status = STATES.includes(asked.get("status") ?? "") ? asked.get("status") ?? "" : "";
  const before = asked.get("before");
  const filters = h("nav", { class: "tabs", "aria-label": "States" });
  const table = h("div", {});
  const wrong = complaint();
  const pages = h("nav", { class: "pages", "aria-label": "Pages of the list" });
  place.append(h("header", { class: "title" }, h("h1", {}, "Jobs")), filters, wrong.line, table, pages);

  const path = `/jobs?limit=${LIMIT}${status ? `&status=${status}` : ""}${before ? `&before=${before}` : ""}`;
  let shown = null;
  let counted = null;
  for (;;) {
    try {
      const [page, { queues }] = await Promise.all([get(path, signal), get("/queues", signal)]);
      if (queues !== counted) {
        counted = queues;
        filters.replaceChildren(...tabs(status, queues));
      }
      // Ages go on even when nothing has changed, unless somebody is at a button.
      if (page !== shown || !table.contains(document.activeElement)) {
        const focus = document.activeElement?.closest("[data-job]")?.dataset.job;
        table.replaceChildren(page.jobs.length ? list(page.jobs, act) : empty(status));
        if (focus) table.querySelector(`[data-job="${focus}"] a`)?.focus();
        pages.replaceChildren(...turning(status, before, page.next));
        shown = page;
      }
    } catch (error) {
      if (error.status !== 0 && error.status !== 503) throw error;
    }
    await pause(document.hidden ? LOOK_MS * 4 : LOOK_MS, signal);
  }

  async function act(method, address) {
    wrong.show("");
    try {
      await send(method, address);
      shown = null;
    } catch (error) {
      wrong.show(error.message);
    }
  }
}

function tabs(status, queues) {
  const numbers = {};
  for (const queue of queues) {
    numbers.queued = (numbers.queued ?? 0) + queue.ready + queue.delayed + queue.blocked;
    for (const name of STATES.slice(2)) numbers[name] = (numbers[name] ?? 0) + queue[name];
  }
  return STATES.map((name) => h("a", {
    href: name ? `#/jobs?status=${name}` : "#/jobs", "aria-current": name === status ? "page" : null,
  }, name ? words(name) : "All", name && numbers[name] ? h("span", { class: "count" }, String(numbers[name])) : null));
}

function turning(status, before, next) {
  const address = (place) => `#/jobs?${new URLSearchParams({ ...(status && { status }), ...(place && { before: place }) })}`;
  return [
    before ? h("a", { class: "button", href: address(null) }, "Newest") : null,
    next ? h("a", { class: "button", href: address(next) }, "Older") : null,
  ].filter(Boolean);
}

function empty(status) {
  return h("section", { class: "empty" },
    h("h2", {}, status ? `No job is ${status}` : "There are no jobs yet"),
    status ? null : h("p", {}, h("a", { href: "#/" }, "Upload a floor plan"), " to make the first one."));
}

function list(found, act) {
  const rows = found.map((job) => h("tr", { "data-job": job.job_id },
    h("td", { "data-label": "State" }, state(job.cancel_requested && !isEnded(job) ? "stopping" : job.status)),
    h("th", { scope: "row" }, h("a", { href: `#/jobs/${job.job_id}` }, words(job.job_type)),
      job.floorplan_id ? h("a", { class: "about", href: `#/plans/${job.floorplan_id}` }, `Plan ${job.floorplan_id}`) : null),
    h("td", { "data-label": "", class: "what" }, what(job)),
    h("td", { "data-label": "Attempts", class: "number" }, String(job.attempt)),
    h("td", { "data-label": "Stored" }, h("time", { datetime: job.created_at, title: when(job.created_at) }, ago(job.created_at))),
    h("td", { "data-label": "Took", class: "number" }, job.started_at && job.finished_at ? between(job.started_at, job.finished_at) : ""),
    h("td", { class: "row-actions" }, actions(job, act))));
  return h("table", { class: "jobs" },
    h("thead", {}, h("tr", {}, ["State", "Job", "", "Attempts", "Stored", "Took", ""].map((name) =>
      h("th", { scope: "col", class: ["Attempts", "Took"].includes(name) ? "number" : null },
        name || h("span", { class: "visually-hidden" }, "More"))))),
    h("tbody", {}, rows));
}

function what(job) {
  if (job.status === "running") {
    const told = job.progress ?? { fraction: 0, stage: "starting" };
    return [h("progress", { max: 1, value: told.fraction, "aria-label": "Progress" }), h("span", { class: "quiet" }, told.stage)];
  }
  if (job.status === "failed" || (job.status === "queued" && job.error_message)) {
    return h("span", { class: job.status === "failed" ? "error" : "quiet" }, job.error_message ?? "");
  }
  if (job.status === "queued" && job.waiting_for) return h("span", { class: "quiet" }, `waits for ${plural(job.waiting_for, "job")}`);
  if (job.status === "queued" && new Date(job.run_at) > new Date()) return h("span", { class: "quiet" }, `not before ${when(job.run_at)}`);
  return "";
}

export function actions(job, act) {
  if (!isEnded(job)) {
    return h("button", {
      disabled: job.cancel_requested, "aria-label": `Cancel ${job.job_type}`,
      onclick: () => act("DELETE", `/jobs/${job.job_id}`),
    }, "Cancel");
  }
  if (job.status === "succeeded" || !mayBeRetried(job)) return null;
  return h("button", { "aria-label": `Retry ${job.job_type}`, onclick: () => act("POST", `/jobs/${job.job_id}/retry`) }, "Retry");
}
