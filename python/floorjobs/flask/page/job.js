// One job: where it stands and why, and each of its attempts.

import { get, send } from "./api.js";
import { h } from "./dom.js";
import { follow, isEnded } from "./follow.js";
import { between, plural, sentence, size, when, words } from "./format.js";
import { actions } from "./jobs.js";
import { complaint, helpFor, progress, state } from "./parts.js";

export async function job(place, [id], signal) {
  const wrong = complaint();
  const body = h("div", {});
  const first = await get(`/jobs/${id}`, signal);
  document.title = `${words(first.job_type)} job`;
  place.append(
    h("header", { class: "title" },
      h("p", { class: "crumb" }, h("a", { href: "#/jobs" }, "Jobs"), " / ", h("code", {}, id)),
      h("h1", {}, words(first.job_type))),
    wrong.line, body,
  );
  const bar = progress("Progress of the job");

  async function show(now) {
    const { attempts } = await get(`/jobs/${id}/attempts`, signal);
    if (!isEnded(now)) bar.update(now);
    body.replaceChildren(
      h("section", { class: "panel" },
        h("p", {}, state(now.cancel_requested && !isEnded(now) ? "stopping" : now.status)),
        isEnded(now) ? null : bar.element,
        now.error_message && now.status !== "succeeded" ? h("div", { class: "cause" },
          h("p", { class: "error" }, sentence(now.error_message)),
          h("p", { class: "quiet" }, h("code", {}, now.error_code), helpFor(now.error_code) ? ` – ${helpFor(now.error_code)}` : "")) : null,
        now.waiting ? h("p", { class: "quiet" }, now.waiting.sentence) : null,
        h("div", { class: "actions" }, actions(now, act),
          now.floorplan_id ? h("a", { href: `#/plans/${now.floorplan_id}${now.job_type === "generate" ? `/designs/${id}` : ""}` }, `Plan ${now.floorplan_id}`) : null)),
      facts(now),
      h("section", {}, h("h2", {}, "Attempts"),
        attempts.length ? h("ol", { class: "attempts" }, attempts.map(attempt)) : h("p", { class: "quiet" }, "It has not been started yet.")),
      h("details", {}, h("summary", {}, "Everything about it"), h("pre", { tabindex: "0" }, JSON.stringify(now, null, 2))));
  }

  async function act(method, address) {
    wrong.show("");
    try {
      await send(method, address);
      watch();
    } catch (error) {
      wrong.show(sentence(error.message));
    }
  }

  async function watch() {
    try {
      const ended = await follow(id, (now) => { if (!isEnded(now)) show(now).catch(() => {}); }, signal);
      await show(ended);
    } catch (error) {
      if (error.name !== "AbortError" && !signal.aborted) wrong.show(sentence(error.message));
    }
  }

  await show(first);
  await watch();
}

function facts(now) {
  const pairs = [
    ["Queue", now.queue],
    ["Priority", now.priority || null],
    ["Stored", when(now.created_at)],
    ["Not before", now.status === "queued" && new Date(now.run_at) > new Date() ? when(now.run_at) : null],
    ["Took", now.started_at && now.finished_at ? between(now.started_at, now.finished_at) : null],
    ["Errors", now.errors || null],
    ["Crashes", now.crashes || null],
    ["Interruptions", now.interruptions || null],
    ["Key", now.unique_key],
    ["Request", now.request_id],
  ];
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined)
    .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
}

function attempt(one) {
  const used = one.usage ? `, ${(one.usage.cpu_us / 1e6).toFixed(1)} s of processor time, ${size(one.usage.peak_memory_bytes)} at most` : "";
  return h("li", {},
    h("p", {}, h("strong", {}, `Attempt ${one.number}`), " ", state(one.outcome ?? "running")),
    h("p", { class: "quiet" },
      `${when(one.started_at)}${one.finished_at ? `, ${between(one.started_at, one.finished_at)}` : ""} on ${one.host}, process ${one.pid}${used}`),
    one.error ? h("div", { class: "cause" },
      h("p", { class: "error" }, sentence(one.error.message)),
      one.error.causes.length ? h("details", {}, h("summary", {}, plural(one.error.causes.length, "cause")),
        h("ol", {}, one.error.causes.map((cause) => h("li", {}, h("pre", {}, cause))))) : null) : null);
}
