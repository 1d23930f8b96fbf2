// Server-sent events read by hand: unlike EventSource it sees the server's heartbeat comments and the status of a
// refusal, so that silence is noticed, and a connection that is half open is given up and resumed.

import { NeedsKey, ask, heard } from "./api.mjs";

const STALE_S = 45;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

/** Split what has arrived into whole messages (`{id, event, data}`) and the rest. */
export function parse(text) {
  const blocks = text.split(/\r?\n\r?\n/);
  const rest = blocks.pop();
  return { rest, messages: blocks.map(message).filter((one) => one.data !== null || one.retry) };
}

function message(block) {
  const one = { id: null, event: "message", data: null, retry: null };
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "data") one.data = one.data === null ? value : `${one.data}\n${value}`;
    else if (name === "id") one.id = value;
    else if (name === "event") one.event = value;
    else if (name === "retry" && /^\d+$/.test(value)) one.retry = Number(value);
  }
  return one;
}

/** Keep reading `path` for ever, from after the sequence number `last`: `take(message)` for each, `state(word)` on open, lost and needs-key. */
export class Stream {
  constructor(path, last, take, state) {
    Object.assign(this, { path, last, take, state, tries: 0, wait: FIRST_WAIT_MS, stopped: false });
  }

  async run() {
    while (!this.stopped) {
      try {
        await this.read();
      } catch (error) {
        if (error instanceof NeedsKey) return this.state("needs-key");
      }
      if (this.stopped) return undefined;
      this.state("lost");
      const pause = Math.min(LONGEST_WAIT_MS, this.wait * 2 ** this.tries) * (0.75 + Math.random() / 2);
      this.tries += 1;
      await new Promise((go) => { this.hurry = go; setTimeout(go, pause); });
    }
    return undefined;
  }

  /** Do not wait for the pause to end (the network is back, the tab is shown again). */
  now() { this.hurry?.(); }

  stop() { this.stopped = true; this.giveUp?.abort(); this.hurry?.(); }

  async read() {
    this.giveUp = new AbortController();
    const headers = { Accept: "text/event-stream", "Last-Event-ID": this.last };
    const answer = await ask(`${this.path}?after=${encodeURIComponent(this.last)}`, { headers, signal: this.giveUp.signal });
    this.state("open");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let kept = "";
    for (;;) {
      const patience = setTimeout(() => this.giveUp.abort(), STALE_S * 1000);
      const { done, value } = await reader.read().finally(() => clearTimeout(patience));
      if (done) return;
      heard();
      this.tries = 0;
      const { rest, messages } = parse(kept + value);
      kept = rest;
      messages.forEach((one) => this.accept(one));
    }
  }

  accept(one) {
    if (one.retry) this.wait = one.retry;
    if (one.data !== null) this.take(one);
    if (one.id) this.last = one.id;
  }
}
