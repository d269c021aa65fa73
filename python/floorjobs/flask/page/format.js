// Numbers and moments as people read them.

// Money comes as decimal text and stays text: no rounding, Indian grouping (12,34,567.89).
export function rupees(text) {
  if (text === null || text === undefined || text === "") return "–";
  const [, sign, whole, rest] = /^(-?)(\d+)(\.\d+)?$/.exec(String(text)) ?? [null, "", String(text), ""];
  const last = whole.slice(-3);
  const before = whole.slice(0, -3).replace(/\B(?=(\d\d)+$)/g, ",");
  return `${sign}₹\u202f${before ? `${before},` : ""}${last}${rest ?? ""}`;
}

export function quantity(text) {
  const number = Number(text);
  return Number.isFinite(number) ? number.toLocaleString("en-IN", { maximumFractionDigits: 2 }) : String(text ?? "–");
}

export function area(squareMetres) {
  const number = Number(squareMetres);
  return squareMetres === null || squareMetres === undefined || !Number.isFinite(number)
    ? "–" : `${number.toFixed(1)}\u202fm²`;
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${Number((bytes / (1 << 20)).toFixed(1))} MiB`;
}

export function duration(seconds) {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172800) return `${(seconds / 3600).toFixed(0)} h`;
  return `${(seconds / 86400).toFixed(0)} days`;
}

export function between(start, end) {
  return duration((new Date(end) - new Date(start)) / 1000);
}

export function ago(moment) {
  const seconds = (Date.now() - new Date(moment)) / 1000;
  return seconds < 5 ? "just now" : `${duration(Math.max(10, Math.round(seconds)))} ago`;
}

export function when(moment) {
  return new Date(moment).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

export function words(identifier) {
  const text = String(identifier).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function sentence(text) {
  // What the library quotes as code is quoted as speech here.
  const trimmed = String(text ?? "").trim().replace(/`([^`]*)`/g, "“$1”");
  if (!trimmed) return "";
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".");
}

export function plural(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
