// Upload, and the plans of late.

import { get, mostBytes, upload } from "./api.js";
import { h, say } from "./dom.js";
import { follow, isEnded } from "./follow.js";
import { ago, sentence, size } from "./format.js";
import { complaint, progress, state } from "./parts.js";

const SHOWN = 8;

export async function home(place, _match, signal) {
  document.title = "Upload a floor plan";
  const wrong = complaint();
  const input = h("input", {
    type: "file", id: "file", name: "file", accept: "application/pdf,.pdf", multiple: true,
    class: "visually-hidden",
    onchange: () => take([...input.files]),
  });
  const under = h("div", { class: "uploads" });
  const zone = h("label", { class: "drop", for: "file" },
    h("span", { class: "drop-title" }, "Drop a floor plan here"),
    h("span", { class: "quiet" }, "or ", h("span", { class: "like-link" }, "choose a PDF"),
      `, up to ${size(mostBytes)}`));
  const recent = h("section", { class: "recent", hidden: true });
  place.append(
    h("section", { class: "intro" },
      h("h1", {}, "Upload a floor plan"),
      h("p", { class: "lead" },
        "A PDF goes in; walls, rooms and the scale come out. Then say what you want in it, and see it laid out and priced.")),
    input, zone, wrong.line, under, recent,
  );

  const over = (isOver) => zone.classList.toggle("over", isOver);
  const listen = (name, react) => addEventListener(name, react, { signal });
  listen("dragenter", () => over(true));
  listen("dragover", () => over(true));
  listen("dragleave", (event) => { if (!event.relatedTarget) over(false); });
  listen("drop", (event) => {
    over(false);
    take([...event.dataTransfer.files]);
  });

  async function take(files) {
    wrong.show("");
    const unfit = files.map(refusal).filter(Boolean);
    if (unfit.length) wrong.show(unfit.join(" "));
    const fit = files.filter((file) => !refusal(file));
    input.value = "";
    const done = [];
    for (const file of fit) {
      const bar = progress(`Uploading ${file.name}`);
      const row = h("div", { class: "upload" }, h("strong", {}, file.name), bar.element);
      under.append(row);
      try {
        const accepted = await upload(file, (fraction) => bar.set(fraction, "Uploading"));
        done.push(accepted);
        say(`${file.name} is uploaded`);
      } catch (error) {
        wrong.show(`${file.name}: ${sentence(error.message)}`);
      }
      row.remove();
    }
    if (signal.aborted || !done.length) return;
    if (done.length === 1) location.hash = `#/plans/${done[0].pdf_id}`;
    else await list(recent, signal);
  }

  await list(recent, signal);
}

function refusal(file) {
  if (!file.name.toLowerCase().endsWith(".pdf")) return `${file.name} is not a PDF.`;
  if (file.size > mostBytes) return `${file.name} has ${size(file.size)}; ${size(mostBytes)} is the most.`;
  if (file.size === 0) return `${file.name} is empty.`;
  return null;
}

async function list(place, signal) {
  const { jobs } = await get(`/jobs?kind=ingest&limit=${SHOWN}`, signal);
  place.hidden = jobs.length === 0;
  if (!jobs.length) return;
  const rows = await Promise.all(jobs.map((job) => row(job, signal)));
  place.replaceChildren(h("h2", {}, "Lately"), h("ul", { class: "cards" }, rows));
}

async function row(job, signal) {
  const plan = await get(`/floorplans/${job.floorplan_id}?summary=1`, signal).catch(() => null);
  const what = h("span", { class: "quiet" });
  const mark = h("span", {});
  const show = (now) => {
    mark.replaceChildren(state(now.status));
    what.textContent = now.status === "running" && now.progress
      ? `${Math.floor(now.progress.fraction * 100)} %, ${now.progress.stage}`
      : now.error_message && now.status !== "succeeded" ? now.error_message : ago(now.created_at);
  };
  show(job);
  if (!isEnded(job)) follow(job.job_id, show, signal).catch(() => {});
  return h("li", {},
    h("a", { href: `#/plans/${job.floorplan_id}` }, plan?.filename ?? `Plan ${job.floorplan_id}`),
    what, mark);
}
