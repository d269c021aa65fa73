// A bill of materials as a table: by category or by room, with totals, and as files.

import { download } from "./api.js";
import { h } from "./dom.js";
import { plural, quantity, rupees, sentence, words } from "./format.js";

const UNITS = { sqft: "sq ft", running_foot: "running ft", piece: "pc" };

export function bill(priced) {
  const table = h("div", {});
  const groupings = [
    ["category", "By category", groupedBy(priced, (line) => line.category, words, priced.categories)],
    ["room", "By room", groupedBy(priced, (line) => line.room_name, (name) => name || "Whole building", [])],
  ];
  const choose = (chosen) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === chosen));
    const [, , groups] = groupings.find(([name]) => name === chosen);
    table.replaceChildren(lines(priced, groups));
  };
  const buttons = groupings.map(([name, label]) =>
    h("button", { type: "button", value: name, onclick: () => choose(name) }, label));
  const save = (form) => h("button", {
    class: form === "xlsx" ? "primary" : null,
    onclick: (event) => saved(event.currentTarget, priced.id, form),
  }, `Download ${form.toUpperCase()}`);
  choose("category");
  return h("section", { class: "bill", "aria-labelledby": "bill-title" },
    h("header", { class: "bill-title" },
      h("div", {},
        h("h2", { id: "bill-title" }, "Bill of materials"),
        h("p", { class: "quiet" }, `${plural(priced.line_items.length, "line")}, ${quantity(priced.total_area_sqm)} m² in ${plural(priced.room_count, "room")}`)),
      h("p", { class: "total" }, h("span", { class: "quiet" }, "Total"), rupees(priced.total_cost_inr))),
    h("div", { class: "bill-tools" },
      h("div", { class: "segments", role: "group", "aria-label": "Grouping" }, buttons),
      h("div", { class: "actions" }, save("xlsx"), save("csv"))),
    priced.sample_rates ? h("p", { class: "notice" }, "The rates are samples, not quotations.") : null,
    priced.is_partial ? h("p", { class: "notice" }, "Some lines have no price; the total is without them.") : null,
    table,
    priced.assumptions?.length ? h("details", {}, h("summary", {}, "What this rests on"),
      h("ul", {}, priced.assumptions.map((one) => h("li", {}, sentence(one))))) : null);
}

async function saved(button, id, form) {
  button.disabled = true;
  try {
    await download(`/boms/${id}.${form}`, `bom-${id}.${form}`);
  } finally {
    button.disabled = false;
  }
}

// Groups in the order in which they come; sums of money in whole paise, so that they are exact.
function groupedBy(priced, keyOf, nameOf, sums) {
  const told = new Map(sums.map((one) => [one.category, one.amount_inr]));
  const groups = new Map();
  for (const line of priced.line_items) {
    const key = keyOf(line) ?? "";
    if (!groups.has(key)) groups.set(key, { name: nameOf(key), items: [], paise: 0n });
    const group = groups.get(key);
    group.items.push(line);
    group.paise += paise(line.amount_inr);
  }
  return [...groups].map(([key, group]) => ({ ...group, amount: told.get(key) ?? inRupees(group.paise) }));
}

function paise(text) {
  if (!text) return 0n;
  const [whole, rest = ""] = String(text).split(".");
  return BigInt(whole) * 100n + BigInt(rest.padEnd(2, "0").slice(0, 2)) * (whole.startsWith("-") ? -1n : 1n);
}

function inRupees(sum) {
  const digits = String(sum < 0n ? -sum : sum).padStart(3, "0");
  return `${sum < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function lines(priced, groups) {
  const bodies = groups.flatMap((group, index) => {
    const rows = h("tbody", { id: `lines-${index}`, hidden: true });
    const toggle = h("button", {
      type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": rows.id,
      onclick: () => {
        // Drawn when first wanted: a bill may have thousands of lines.
        if (!rows.childElementCount) rows.append(...group.items.map(line));
        rows.hidden = !rows.hidden;
        toggle.setAttribute("aria-expanded", String(!rows.hidden));
      },
    }, group.name);
    const head = h("tbody", { class: "group" }, h("tr", {},
      h("th", { scope: "rowgroup", colspan: "4" }, toggle, h("span", { class: "quiet" }, ` ${plural(group.items.length, "line")}`)),
      h("td", { class: "number" }, rupees(group.amount))));
    return [head, rows];
  });
  const sums = [...(priced.additions ?? []), ...(priced.taxes ?? [])]
    .map((one) => [one.name ?? one.label ?? words(one.code ?? "addition"), one.amount_inr]);
  const foot = sums.length ? [["Works", priced.works_inr], ...sums] : [];
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Lines of the bill" },
    h("table", { class: "lines" },
      h("thead", {}, h("tr", {},
        h("th", { scope: "col" }, "Material"), h("th", { scope: "col", class: "number" }, "Quantity"),
        h("th", { scope: "col" }, "Unit"), h("th", { scope: "col", class: "number" }, "Rate"),
        h("th", { scope: "col", class: "number" }, "Amount"))),
      bodies,
      h("tfoot", {},
        foot.map(([name, amount]) => h("tr", {}, h("th", { scope: "row", colspan: "4" }, name), h("td", { class: "number" }, rupees(amount)))),
        h("tr", { class: "sum" }, h("th", { scope: "row", colspan: "4" }, "Total"), h("td", { class: "number" }, rupees(priced.total_cost_inr))))));
}

function line(item) {
  const unit = UNITS[item.unit] ?? item.unit;
  const about = [item.room_name, item.notes].filter(Boolean).join(" · ");
  return h("tr", {},
    h("th", { scope: "row" }, item.material_name, about ? h("span", { class: "about" }, about) : null,
      // Where there is no room for columns.
      h("span", { class: "about in-short" }, `${quantity(item.quantity)} ${unit} at ${rupees(item.rate_inr)}`)),
    h("td", { class: "number at-length" }, quantity(item.quantity)),
    h("td", { class: "at-length" }, unit),
    h("td", { class: "number at-length" }, rupees(item.rate_inr)),
    h("td", { class: "number" }, item.amount_inr === null ? "no price" : rupees(item.amount_inr)));
}
