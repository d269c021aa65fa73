// Words in, a layout and its bill out.

import { get, picture, send } from "./api.js";
import { bill } from "./bill.js";
import { h, say } from "./dom.js";
import { follow, isEnded } from "./follow.js";
import { area, plural, sentence, when, words } from "./format.js";
import { complaint, failure, progress } from "./parts.js";
import { sheet } from "./sheet.js";

const EXAMPLES = [
  "2 offices, a meeting room and a toilet",
  "6 operatory dental clinic with reception",
  "2 bedrooms, living room, kitchen, bathroom",
];

// Shows one request and its outcome; another one takes its place without the plan being drawn anew.
export async function designs(body, { planId, designId }, signal) {
  const place = h("div", { class: "designs" });
  body.append(place);
  let leaving = new AbortController();
  signal.addEventListener("abort", () => leaving.abort());
  const turnTo = async (id, isAsked) => {
    leaving.abort();
    leaving = new AbortController();
    await request(place, { planId, designId: id, isAsked, open }, leaving.signal);
  };
  const open = (id) => {
    history.pushState(null, "", `#/plans/${planId}/designs/${id}`);
    turnTo(id, true).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  };
  await turnTo(designId, Boolean(designId));
}

async function request(place, { planId, designId, isAsked, open }, signal) {
  const { jobs } = await get(`/status/${planId}`, signal);
  const made = jobs.filter((job) => job.job_type === "generate");
  const wanted = made.find((job) => job.job_id === designId) ?? made[0];
  const known = wanted ? await get(`/jobs/${wanted.job_id}`, signal) : null;
  const result = h("div", { class: "result" });
  place.replaceChildren(
    h("section", { class: "wanted", "aria-labelledby": "wanted-title" },
      h("h2", { id: "wanted-title" }, "What should go in?"),
      // A refusal is of the request before; beside a new one it would be taken for its answer.
      form(planId, known, open, () => result.querySelector(".failure")?.remove()),
      made.length > 1 ? earlier(planId, made, wanted, open) : null),
    result,
  );
  if (isAsked) place.scrollIntoView({ block: "start" });
  if (known) await show(result, known, { planId, open }, signal);
}

const EFFORTS = [["fast", "Fast"], ["normal", "Normal"], ["thorough", "Thorough"]];

function form(planId, known, open, forget) {
  const wrong = complaint();
  const effort = h("select", { id: "effort" },
    EFFORTS.map(([value, label]) => h("option", { value, selected: value === effortOf(known) }, `${label} search`)));
  const text = h("textarea", {
    id: "prompt", rows: "2", required: true, maxlength: "5000",
    placeholder: EXAMPLES[0], "aria-describedby": "prompt-hint",
    onkeydown: (event) => {
      // Enter sends, as in a chat; Shift and Enter begins a line.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        element.requestSubmit();
      }
    },
  });
  text.value = promptOf(known) ?? "";
  const button = h("button", { class: "primary" }, "Lay it out");
  const chips = EXAMPLES.map((example) => h("button", {
    type: "button", class: "chip",
    onclick: () => {
      text.value = example;
      text.focus();
    },
  }, example));
  const element = h("form", {
    class: "prompt",
    onsubmit: async (event) => {
      event.preventDefault();
      wrong.show("");
      forget();
      if (!text.value.trim()) {
        wrong.show("Please say what should go in.");
        text.focus();
        return;
      }
      button.disabled = true;
      try {
        const body = { floorplan_id: Number(planId), prompt: text.value.trim(), effort: effort.value };
        open((await send("POST", "/generate", body)).job_id);
      } catch (error) {
        wrong.show(sentence(error.message));
      } finally {
        button.disabled = false;
      }
    },
  },
  h("label", { for: "prompt", class: "visually-hidden" }, "What should go in"),
  h("div", { class: "prompt-line" }, text, button),
  wrong.line,
  h("div", { class: "chips" },
    h("p", { id: "prompt-hint", class: "chips" }, h("span", { class: "quiet" }, "For example"), chips),
    h("label", { for: "effort", class: "visually-hidden" }, "How long is searched"), effort));
  return element;
}

function earlier(planId, made, wanted, open) {
  return h("nav", { class: "tabs", "aria-label": "Earlier requests" },
    made.map((job, index) => h("a", {
      href: `#/plans/${planId}/designs/${job.job_id}`,
      "aria-current": job === wanted ? "page" : null,
      title: when(job.created_at),
      onclick: (event) => {
        event.preventDefault();
        open(job.job_id);
      },
    }, `Request ${made.length - index}`)));
}

async function show(place, known, { planId, open }, signal) {
  let job = known;
  if (!isEnded(job)) {
    const bar = progress("Laying out");
    place.replaceChildren(h("section", { class: "panel narrow" },
      h("h2", {}, "Laying out"), h("p", { class: "quoted" }, promptOf(job) ?? ""), bar.element,
      h("div", { class: "actions" }, h("button", {
        onclick: () => send("DELETE", `/jobs/${job.job_id}`).catch(() => {}),
      }, "Cancel"))));
    job = await follow(job.job_id, bar.update, signal);
    if (job.status === "succeeded") say("The layout is ready");
  }
  if (job.status !== "succeeded") {
    const again = async () => {
      await send("POST", `/jobs/${job.job_id}/retry`);
      await show(place, await get(`/jobs/${job.job_id}`, signal), { planId, open }, signal);
    };
    place.replaceChildren(failure(job, again));
    return;
  }
  if (!job.bom_id) {
    place.replaceChildren(infeasible(job, open));
    return;
  }
  const priced = await get(`/boms/${job.bom_id}`, signal);
  const [layout, drawing] = await Promise.all([
    get(`/layouts/${priced.layout_id}`, signal), picture(`/layouts/${priced.layout_id}.svg`, signal),
  ]);
  const laidOut = layout.layout.rooms;
  const areas = laidOut.map((room) => ({ key: room.id, rings: [room.net_boundary, ...room.net_holes] }));
  const drawn = sheet(drawing, `The layout with ${plural(laidOut.length, "room")}`, areas);
  place.replaceChildren(
    h("section", { class: "split", "aria-labelledby": "layout-title" },
      drawn.element,
      h("div", { class: "beside" },
        h("header", { class: "beside-title" },
          h("h2", { id: "layout-title" }, "Layout"),
          another(job, open, "Another arrangement", { seed: (solverOf(job).seed ?? 1) + 1 })),
        rooms(laidOut, layout.interpretation, drawn), understood(layout.interpretation), differences(layout))),
    bill(priced),
    h("p", { class: "quiet small" }, layout.disclaimer ?? ""),
  );
}

// A button for the same words with something else about the search.
function another(job, open, label, change) {
  const asked = { floorplan_id: job.floorplan_id, prompt: promptOf(job), effort: effortOf(job) };
  const seed = solverOf(job).seed ?? 1;
  const wrong = complaint();
  const button = h("button", {
    type: "button",
    onclick: async () => {
      wrong.show("");
      button.disabled = true;
      try {
        open((await send("POST", "/generate", { ...asked, seed, ...change })).job_id);
      } catch (error) {
        wrong.show(sentence(error.message));
      } finally {
        button.disabled = false;
      }
    },
  }, label);
  return [button, wrong.line];
}

function rooms(laidOut, interpretation, drawn) {
  // What nobody asked for is not told as asked for: those rooms have the area that is usual.
  const usual = new Set((interpretation.assumptions ?? [])
    .filter((one) => one.code === "AREA_ASSUMED").map((one) => one.room));
  const rows = laidOut.map((room) => {
    const asked = room.requested_m2 ? area(room.requested_m2) : "";
    const row = h("tr", {},
      h("th", { scope: "row" }, room.request ? room.name : h("span", { class: "quiet" }, room.name)),
      h("td", { class: "number" }, area(room.area_sqm)),
      h("td", { class: "number quiet" }, asked && usual.has(room.request) ? `usually ${asked}` : asked));
    drawn.bind(room.id, row);
    return row;
  });
  return h("table", { class: "plain" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Room"),
      h("th", { scope: "col", class: "number" }, "Area"), h("th", { scope: "col", class: "number" }, "Asked"))),
    h("tbody", {}, rows));
}

function understood(interpretation) {
  const missed = interpretation.unrecognised ?? [];
  const ignored = interpretation.ignored ?? [];
  const assumed = interpretation.assumptions ?? [];
  if (!missed.length && !ignored.length && !assumed.length) return null;
  return h("section", { class: "understood" },
    missed.length ? h("p", { class: "missed" }, "Not understood: ",
      missed.flatMap((one, index) => [index ? ", " : "", h("q", {}, one.text),
        one.suggestions?.length ? ` (${one.suggestions.map(suggested).join(", ")}?)` : ""])) : null,
    ignored.length ? h("p", { class: "quiet" }, "Left aside: ",
      ignored.flatMap((one, index) => [index ? ", " : "", h("q", {}, one.text), ` ${one.reason}`])) : null,
    assumed.length ? h("details", {}, h("summary", {}, plural(assumed.length, "assumption")),
      h("ul", {}, assumed.map((one) => h("li", {}, sentence(one.message))))) : null);
}

function suggested(one) {
  return typeof one === "string" ? words(one).toLowerCase() : one.text ?? one.type ?? "";
}

function differences(layout) {
  const names = new Map(layout.layout.rooms.map((room) => [room.id, room.name]));
  const named = (id) => names.get(id) ?? words(id).replaceAll("-", " ");
  const told = [
    ...layout.relaxations.map((one) => `${words(one.rule)}${one.room ? ` (${named(one.room)})` : ""}: ${one.why}`),
    ...layout.violations.map((one) => one.message),
  ];
  if (!told.length) return null;
  return h("details", {}, h("summary", {}, `Given differently: ${told.length}`),
    h("ul", {}, told.map((text) => h("li", {}, sentence(text)))));
}

function infeasible(job, open) {
  const reason = job.result?.answer?.infeasibility ?? {};
  const remedies = reason.remedies ?? [];
  // What is proved stays so, however long is searched.
  const isOpen = reason.code === "NO_LAYOUT_FOUND" && effortOf(job) !== "thorough";
  return h("section", { class: "failure mild" },
    h("h2", {}, "That does not fit"),
    h("p", {}, sentence(reason.message ?? "What was asked for does not fit into the plan")),
    remedies.length ? [h("p", {}, "What would help:"), h("ul", {}, remedies.map((one) => h("li", {}, sentence(one))))] : null,
    isOpen ? h("div", { class: "actions" }, another(job, open, "Search thoroughly", { effort: "thorough" })) : null);
}

function solverOf(job) {
  return job?.payload?.request?.solver ?? {};
}

function effortOf(job) {
  return solverOf(job).effort ?? "normal";
}

function promptOf(job) {
  return job?.payload?.request?.program?.prompt ?? null;
}
