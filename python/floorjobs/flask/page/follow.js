// Follows a job to its end: by events where the server offers them, else by asking.

import { ask, get, hasEvents } from "./api.js";

const ASK_MS = 400;
const HIDDEN_MS = 3000;
const AWAY_MS = 2500;

export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("left", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}

export function isEnded(job) {
  return !["queued", "running"].includes(job.status);
}

// Calls back with the job whenever it has changed, and returns it when it has ended.
export async function follow(jobId, onChange, signal) {
  let streams = hasEvents;
  for (;;) {
    if (streams) {
      const ended = await streamed(jobId, onChange, signal).catch((error) => {
        if (error.name === "AbortError") throw error;
        streams = false;
      });
      if (ended) return ended;
      if (streams) continue;
    }
    const ended = await asked(jobId, onChange, signal);
    if (ended) return ended;
  }
}

async function asked(jobId, onChange, signal) {
  let before = null;
  for (;;) {
    try {
      const job = await get(`/jobs/${jobId}`, signal);
      if (job !== before) onChange(job);
      if (isEnded(job)) return job;
      before = job;
    } catch (error) {
      // The server may be back in a moment; whatever else is wrong stays wrong.
      if (error.status !== 0 && error.status !== 503) throw error;
      await pause(AWAY_MS, signal);
    }
    await pause(document.hidden ? HIDDEN_MS : ASK_MS, signal);
  }
}

async function streamed(jobId, onChange, signal) {
  const response = await ask(`/jobs/${jobId}/events`, { signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return null;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (!data || !block.startsWith("event: job")) continue;
      let { job } = JSON.parse(data);
      // Why it waits is told by the route of the job only.
      if (job.status === "queued") job = await get(`/jobs/${jobId}`, signal);
      onChange(job);
      if (isEnded(job)) return job;
    }
  }
}
