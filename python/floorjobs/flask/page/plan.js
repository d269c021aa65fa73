// One floor plan: how far it is, what was read, and what is to be laid out in it.

import { get, picture, send } from "./api.js";
import { designs } from "./design.js";
import { h, say } from "./dom.js";
import { follow, isEnded } from "./follow.js";
import { area, plural, sentence, size, when, words } from "./format.js";
import { failure, progress } from "./parts.js";
import { sheet } from "./sheet.js";

// Dimensions lie within about this share of the plan around it.
const MARGIN = 0.1;
const MOST = 0.85;

export async function plan(place, [id, designId], signal) {
  document.title = `Plan ${id}`;
  const [status, summary] = await Promise.all([
    get(`/status/${id}`, signal), get(`/floorplans/${id}?summary=1`, signal),
  ]);
  const name = summary.filename ?? `Plan ${id}`;
  document.title = name;
  const body = h("div", { class: "plan" });
  place.append(
    h("header", { class: "title" },
      h("p", { class: "crumb" }, h("a", { href: "#/" }, "Plans"), ` / ${id}`),
      h("h1", {}, name),
      h("p", { class: "quiet" }, `${size(summary.pdf_bytes)}, uploaded ${when(summary.created_at)}`)),
    body,
  );
  const newest = status.jobs.find((job) => job.job_type === "ingest");
  if (newest && (summary.source === null || !isEnded(newest))) {
    const ended = await read(body, newest, signal);
    if (ended.status !== "succeeded") {
      const again = async () => {
        await send("POST", `/jobs/${ended.job_id}/retry`);
        place.replaceChildren();
        await plan(place, [id, designId], signal);
      };
      body.replaceChildren(failure(ended, again));
      return;
    }
    say("The plan has been read");
  }
  body.replaceChildren();
  await show(body, id, signal);
  await designs(body, { planId: id, designId }, signal);
}

async function read(body, newest, signal) {
  const bar = progress("Reading the plan");
  const stop = h("button", {
    onclick: () => send("DELETE", `/jobs/${newest.job_id}`).catch(() => {}),
  }, "Cancel");
  body.replaceChildren(h("section", { class: "panel narrow" },
    h("h2", {}, "Reading the plan"), bar.element, h("div", { class: "actions" }, stop)));
  return follow(newest.job_id, bar.update, signal);
}

async function show(body, id, signal) {
  const [found, drawing] = await Promise.all([
    get(`/floorplans/${id}`, signal), picture(`/floorplans/${id}.svg`, signal),
  ]);
  const read = found.plan;
  const areas = read.rooms.map((room, index) => ({ key: index, rings: [room.polygon, ...room.holes] }));
  const drawn = sheet(drawing, `The plan with ${plural(read.rooms.length, "room")}`, areas, around(read, drawing.box));
  body.append(
    h("section", { class: "split", "aria-label": "What was read" },
      drawn.element,
      h("div", { class: "beside" }, facts(found), findings(read), rooms(read, drawn))));
}

// The box around the walls and what is drawn close to them; null if that is most of the page.
function around(read, [left, top, width, height]) {
  const points = [
    ...read.walls.flatMap((wall) => [wall.a, wall.b]),
    ...read.doors.flatMap((door) => door.leaves.flatMap((leaf) => [leaf.hinge, leaf.tip])),
  ];
  if (!points.length) return null;
  const span = (values, low, size) => {
    const [from, to] = [Math.min(...values), Math.max(...values)];
    const margin = MARGIN * Math.max(to - from, size / 10);
    const start = Math.max(low, from - margin);
    return [start, Math.min(low + size, to + margin) - start];
  };
  const [x, wide] = span(points.map((point) => point[0]), left, width);
  const [y, high] = span(points.map((point) => point[1]), top, height);
  return wide * high < MOST * width * height ? [x, y, wide, high] : null;
}

function facts(found) {
  const read = found.plan;
  const scale = read.scale;
  const metres = scale ? (found.total_linear_pts * scale.mm_per_pt) / 1000 : null;
  const pairs = [
    ["Scale", scale ? `1 : ${Math.round(scale.ratio)}` : "not known"],
    ["Told by", scale ? words(scale.provenance) : null],
    ["Walls", metres === null ? `${found.total_wall_count}` : `${found.total_wall_count}, ${metres.toFixed(1)} m in all`],
    ["Doors", read.doors.length], ["Windows", read.windows.length],
    ["Read from", found.source === "raster" ? "A scan" : "Line work"],
  ];
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null)
    .flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
}

function findings(read) {
  if (!read.findings.length) return null;
  return h("section", { class: "findings" },
    h("h2", {}, plural(read.findings.length, "finding")),
    h("ul", {}, read.findings.map((one) => h("li", {}, sentence(one.message)))));
}

// Whether the sheet prints an area that differs by more than rounding.
function differs(room) {
  const [printed, measured] = [room.printed_area_m2, room.area_m2];
  return printed && measured && Math.abs(printed - measured) > Math.max(0.05, 0.015 * measured);
}

function rooms(read, drawn) {
  if (!read.rooms.length) {
    return h("section", {}, h("h2", {}, "Rooms"),
      h("p", { class: "quiet" }, "No closed rooms were found. The walls can still be used below."));
  }
  const perPoint = read.scale ? read.scale.mm_per_pt : null;
  const total = read.rooms.reduce((sum, room) => sum + (room.area_m2 ?? 0), 0);
  const rows = read.rooms.map((room, index) => {
    const row = h("tr", {},
      h("th", { scope: "row" }, room.name_is_generated ? h("span", { class: "quiet" }, room.name) : room.name,
        differs(room) ? h("span", { class: "about" }, `printed: ${area(room.printed_area_m2)}`) : null),
      h("td", { class: "number" }, perPoint ? area(room.area_m2) : "–"));
    drawn.bind(index, row);
    return row;
  });
  return h("section", {},
    h("h2", {}, "Rooms"),
    h("table", { class: "plain" },
      h("thead", { class: "visually-hidden" }, h("tr", {}, h("th", { scope: "col" }, "Room"), h("th", { scope: "col" }, "Area"))),
      h("tbody", {}, rows),
      perPoint ? h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "Total"), h("td", { class: "number" }, area(total)))) : null),
    perPoint ? null : h("p", { class: "quiet" },
      "Without a scale there are no areas."));
}
