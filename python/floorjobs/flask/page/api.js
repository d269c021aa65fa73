// Talks to the routes: the API key, what is known already, errors with their code.

import { askForKey, key } from "./key.js";

const settings = document.documentElement.dataset;
const known = new Map();
const MOST_KNOWN = 60;

export const root = settings.api;
export const hasEvents = settings.events === "on";
export const mostBytes = Number(settings.mostBytes);

export class Refused extends Error {
  constructor(status, body) {
    super(body?.error ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? "internal";
    this.field = body?.field ?? null;
  }
}

// Shows while the server cannot be reached, and goes when it can.
function reached(problem) {
  const line = document.getElementById("connection");
  line.hidden = !problem;
  if (problem && line.textContent !== problem) line.textContent = problem;
}

export async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (key() && settings.keyHeader) headers.set(settings.keyHeader, key());
  let response;
  try {
    response = await fetch(root + path, { cache: "no-store", ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    reached("The server cannot be reached. Trying again …");
    throw new Refused(0, { error: "The server cannot be reached.", code: "unavailable" });
  }
  if (response.status === 401) {
    await askForKey();
    return ask(path, options);
  }
  reached(response.status === 503 ? "The store of jobs is away. Trying again …" : null);
  if (response.ok || response.status === 304) return response;
  throw new Refused(response.status, await response.json().catch(() => null));
}

// The same object as before if nothing has changed, so that nothing is drawn anew.
export async function get(path, signal) {
  const before = known.get(path);
  const headers = before ? { "If-None-Match": before.tag } : {};
  const response = await ask(path, { signal, headers });
  if (response.status === 304) return before.body;
  const body = await response.json();
  const tag = response.headers.get("ETag");
  if (tag) {
    known.delete(path);
    known.set(path, { tag, body });
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
  }
  return body;
}

export async function send(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json", "Idempotency-Key": fresh() };
  }
  return (await ask(path, options)).json();
}

// Upload with progress, which fetch does not tell.
export async function upload(file, onProgress) {
  const form = new FormData();
  form.append("file", file, file.name);
  const once = fresh();
  for (;;) {
    const [status, body] = await posted(form, once, onProgress);
    if (status === 401) {
      await askForKey();
      continue;
    }
    if (status === 202) return body;
    if (status === 0) throw new Refused(0, { error: "The upload was broken off.", code: "unavailable" });
    throw new Refused(status, body);
  }
}

function posted(form, once, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${root}/ingest`);
    request.responseType = "json";
    request.setRequestHeader("Idempotency-Key", once);
    if (key() && settings.keyHeader) request.setRequestHeader(settings.keyHeader, key());
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / (event.total || 1)));
    request.addEventListener("loadend", () => resolve([request.status, request.response]));
    request.send(form);
  });
}

// A picture as an address of this tab: an <img> could not send the key. `cut` makes a picture of
// the same drawing that shows a part of it.
export async function picture(path, signal) {
  const text = await (await ask(path, { signal })).text();
  const made = (svgText) => {
    const url = URL.createObjectURL(new Blob([svgText], { type: "image/svg+xml" }));
    signal?.addEventListener("abort", () => URL.revokeObjectURL(url));
    return url;
  };
  const box = (/viewBox="([^"]+)"/.exec(text)?.[1] ?? "0 0 100 100").split(/[\s,]+/).map(Number);
  const cut = ([x, y, width, height]) => made(text.replace(/<svg ([^>]*)>/, (_, attributes) => {
    const others = attributes.replace(/\s?(viewBox|width|height)="[^"]*"/g, "");
    return `<svg viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" ${others}>`;
  }));
  return { url: made(text), box, cut };
}

export async function download(path, name) {
  const blob = await (await ask(path)).blob();
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// A request that is repeated because its answer was lost makes no second job.
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
