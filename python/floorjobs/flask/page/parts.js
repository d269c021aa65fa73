// Parts that several views have: states, progress, problems.

import { h } from "./dom.js";
import { sentence } from "./format.js";

const HELP = {
  password_required: "The PDF is locked with a password. Save a copy without one and upload that.",
  no_plan_found: "No page of the file shows a floor plan. If it is a photograph or a sketch, it cannot be read yet.",
  invalid_pdf: "The file is damaged or no PDF. Export it again from the program that made it.",
  limit_exceeded: "The file asks for more than this server allows.",
  unsupported: "The file uses something that this version cannot read.",
  unavailable: "Something the server needs is away at the moment. Trying again later may help.",
  scale_unknown: "The scale of the drawing is not known, and it is needed here.",
};

// What lies in the file or in what was asked: the same once more ends the same.
const FINAL = new Set([
  "invalid_input", "invalid_pdf", "password_required", "no_plan_found", "unsupported",
  "limit_exceeded", "scale_unknown", "infeasible",
]);
const NATIVE = new Set(["ingest", "generate", "price"]);

// Whether the job may end otherwise if it is tried again. Of kinds of the host's own only the host
// knows that.
export function mayBeRetried(job) {
  return !(job.status === "failed" && NATIVE.has(job.job_type) && FINAL.has(job.error_code));
}

export function state(status) {
  return h("span", { class: `state ${status}` }, status);
}

export function helpFor(code) {
  return HELP[code] ?? null;
}

// An error in place of what was asked for.
export function problem(error, again) {
  const isGone = error.status === 404;
  return h("section", { class: "empty", role: "alert" },
    h("h1", {}, isGone ? "It is not here" : "That did not work"),
    h("p", {}, sentence(error.message)),
    helpFor(error.code) && !isGone ? h("p", { class: "quiet" }, helpFor(error.code)) : null,
    h("div", { class: "actions" },
      isGone ? null : h("button", { class: "primary", onclick: again }, "Try again"),
      h("a", { class: "button", href: "#/" }, "Upload a floor plan")));
}

// A small line of error under a form.
export function complaint() {
  const line = h("p", { class: "complaint", role: "alert", hidden: true });
  return {
    line,
    show(text) {
      line.textContent = text;
      line.hidden = !text;
    },
  };
}

// A bar with what is being done; `update` takes a job.
export function progress(label) {
  const bar = h("progress", { max: 1, "aria-label": label });
  const stage = h("span", {}, "");
  const percent = h("span", { class: "percent" });
  const why = h("p", { class: "quiet", hidden: true });
  const element = h("div", { class: "progress" },
    h("div", { class: "progress-line" }, stage, percent), bar, why);
  const set = (fraction, text) => {
    stage.textContent = text;
    if (fraction === null) {
      bar.removeAttribute("value");
      percent.textContent = "";
    } else {
      bar.value = fraction;
      percent.textContent = `${Math.floor(fraction * 100)} %`;
    }
  };
  return {
    element,
    set,
    update(job) {
      const told = job.progress;
      if (job.status === "queued") set(null, job.attempt ? "Waiting to be tried again" : "Waiting for a worker");
      else set(told?.fraction ?? 0, told ? sentence(told.message ?? told.stage).replace(/\.$/, "") : "Starting");
      const reason = job.status === "queued" ? waiting(job) : null;
      why.textContent = reason ?? "";
      why.hidden = !reason;
    },
  };
}

// Why it waits, if that is more than its turn.
function waiting(job) {
  const told = job.waiting;
  if (job.error_message && job.attempt) return `The last attempt failed: ${sentence(job.error_message)}`;
  if (!told || told.reasons.every((one) => one.reason === "ready")) return null;
  if (told.reasons.some((one) => one.reason === "no_worker")) {
    return "No worker is running. Start one with “python -m floorjobs.worker”, and this goes on by itself.";
  }
  return told.sentence;
}

// Why a job ended without success.
export function failure(job, again) {
  const isCancelled = job.status === "cancelled";
  // A cancel is what somebody wanted, and no failure.
  return h("section", { class: isCancelled ? "panel narrow" : "failure" },
    h("h2", {}, isCancelled ? "Cancelled" : "This could not be done"),
    isCancelled ? null : h("p", {}, sentence(job.error_message)),
    helpFor(job.error_code) ? h("p", { class: "quiet" }, helpFor(job.error_code)) : null,
    h("div", { class: "actions" },
      again && mayBeRetried(job) ? h("button", { onclick: again }, "Try again") : null,
      mayBeRetried(job) || job.job_type !== "ingest" ? null : h("a", { class: "button", href: "#/" }, "Upload another file"),
      h("a", { href: `#/jobs/${job.job_id}` }, "What happened")));
}
