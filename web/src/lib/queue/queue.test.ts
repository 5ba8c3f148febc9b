import { beforeEach, describe, expect, it, vi } from "vitest";

import { Problem, Unreachable } from "~/api/problem";
import type { Command, CommandAnswer, ProblemDetails } from "~/api/types";

import { database } from "../database";
import { sessionState } from "../session/session";
import { changes, drop, enqueue, flush, onAnswer, sendAgain } from "./queue";

interface Sent {
  cimId: string;
  commands: (Command & { command_id: string })[];
}

const sent: Sent[] = [];
let answering: (call: Sent) => CommandAnswer[];

vi.mock("~/api/client", async (original) => ({
  ...(await original<object>()),
  told: (call: Promise<unknown>) => call,
  api: {
    POST: (_: string, given: { params: { path: { cim_id: string } }; body: Sent["commands"] }) => {
      const call = { cimId: given.params.path.cim_id, commands: given.body };
      sent.push(call);
      return Promise.resolve().then(() => ({ results: answering(call) }));
    },
  },
}));

const rename = (title: string): Command => ({ type: "rename", title });
const approve = (slideId: string): Command => ({ type: "approve_slide", slide_id: slideId });

const done = (id: string): CommandAnswer => ({
  command_id: id,
  status: "done",
  rev: 7,
  repeated: false,
  events: [],
  problem: null,
});

const allDone = ({ commands }: Sent): CommandAnswer[] => commands.map(({ command_id }) => done(command_id));
const away = (): never => {
  throw new Unreachable();
};
const refusal = { status: 409, code: "cim_complete", detail: "The book is complete." } as ProblemDetails;

beforeEach(async () => {
  await (await database()).clear("changes");
  sent.length = 0;
  answering = allDone;
  sessionState.set({
    is: "in",
    session: { personId: "u1", accessToken: "", refreshToken: "", expiresAt: Infinity, email: "", name: "" },
  });
});

describe("a change", () => {
  it("is sent with an id of its own and leaves the queue when it is answered", async () => {
    const outcome = await enqueue("b1", approve("a"));
    expect(outcome).toMatchObject({ is: "saved", rev: 7 });
    expect(sent[0]?.commands[0]).toMatchObject({ type: "approve_slide", command_id: outcome.commandId });
    await vi.waitFor(() => expect(changes.get()).toEqual([]));
  });

  it("is told of before it leaves the queue", async () => {
    const inQueue: number[] = [];
    const stop = onAnswer(() => void inQueue.push(changes.get().length));
    await enqueue("b1", approve("a"));
    stop();
    expect(inQueue).toEqual([1]);
  });
});

describe("while the API is away", () => {
  it("changes wait, and go in order, each once, when it is back", async () => {
    answering = away;
    const outcomes = ["a", "b", "c"].map((id) => enqueue("b1", approve(id)));
    await vi.waitFor(() => expect(changes.get()).toHaveLength(3));
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0));
    const tried = sent[0]?.commands[0]?.command_id;
    answering = allDone;
    await vi.waitFor(async () => {
      await flush();
      expect(changes.get()).toEqual([]);
    });
    const last = sent.flatMap(({ commands }) => commands).slice(-3);
    expect(last.map((command) => command.type === "approve_slide" && command.slide_id)).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(last[0]?.command_id).toBe(tried);
    expect((await Promise.all(outcomes)).every(({ is }) => is === "saved")).toBe(true);
  });

  it("only the last of what was never sent is kept, and whoever waits hears of it", async () => {
    answering = away;
    const first = enqueue("b1", approve("a"));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const outcomes = [enqueue("b1", rename("One")), enqueue("b1", rename("Two"))];
    await vi.waitFor(() =>
      expect(changes.get().map(({ command }) => command.type)).toEqual(["approve_slide", "rename"]),
    );
    answering = allDone;
    await vi.waitFor(async () => {
      await flush();
      expect(changes.get()).toEqual([]);
    });
    const [one, two] = await Promise.all(outcomes);
    expect(one).toEqual(two);
    expect(await first).toMatchObject({ is: "saved" });
  });

  it("one book's changes never go with another's", async () => {
    answering = away;
    void enqueue("b1", approve("a"));
    void enqueue("b2", approve("b"));
    await vi.waitFor(() => expect(changes.get()).toHaveLength(2));
    answering = allDone;
    await vi.waitFor(async () => {
      await flush();
      expect(changes.get()).toEqual([]);
    });
    for (const { cimId, commands } of sent)
      for (const command of commands)
        expect(command.type === "approve_slide" && command.slide_id).toBe(cimId === "b1" ? "a" : "b");
  });
});

describe("a refused change", () => {
  it("stays until it is dropped, and holds up nobody", async () => {
    answering = ({ commands }) =>
      commands.map((command) =>
        command.type === "rename"
          ? { ...done(command.command_id), status: "refused", problem: refusal }
          : done(command.command_id),
      );
    expect(await enqueue("b1", rename("New"))).toMatchObject({ is: "refused", problem: refusal });
    expect(await enqueue("b1", approve("a"))).toMatchObject({ is: "saved" });
    await vi.waitFor(() => expect(changes.get().map(({ status }) => status)).toEqual(["refused"]));
    const [refused] = changes.get();
    if (refused) await drop(refused);
    expect(changes.get()).toEqual([]);
  });

  it("goes again as a new one, for any revision", async () => {
    answering = ({ commands }) =>
      commands.map(({ command_id, expected_rev }) =>
        expected_rev == null
          ? done(command_id)
          : { ...done(command_id), status: "refused", problem: refusal },
      );
    const { commandId } = await enqueue("b1", { ...rename("New"), expected_rev: 3 });
    await vi.waitFor(() => expect(changes.get()[0]?.status).toBe("refused"));
    const [refused] = changes.get();
    if (refused) await sendAgain(refused);
    await vi.waitFor(() => expect(changes.get()).toEqual([]));
    expect(sent.at(-1)?.commands[0]?.command_id).not.toBe(commandId);
  });

  it("is found alone where a call is refused as a whole", async () => {
    answering = ({ commands }) => {
      if (commands.some(({ type }) => type === "rename")) throw new Problem({ ...refusal, status: 422 });
      return allDone({ cimId: "b1", commands });
    };
    const unreachable = answering;
    answering = away;
    const outcomes = [enqueue("b1", approve("a")), enqueue("b1", rename("x")), enqueue("b1", approve("b"))];
    await vi.waitFor(() => expect(changes.get()).toHaveLength(3));
    answering = unreachable;
    await vi.waitFor(async () => {
      await flush();
      expect(changes.get()).toHaveLength(1);
    });
    expect((await Promise.all(outcomes)).map(({ is }) => is)).toEqual(["saved", "refused", "saved"]);
  });
});

it("asks again with the same id where a change is durable but not readable yet", async () => {
  let asked = 0;
  answering = (call) => {
    asked += 1;
    return asked === 1
      ? call.commands.map(({ command_id }) => ({ ...done(command_id), status: "accepted" }))
      : allDone(call);
  };
  const outcome = enqueue("b1", approve("a"));
  await vi.waitFor(async () => {
    await flush();
    expect(changes.get()).toEqual([]);
  });
  expect(await outcome).toMatchObject({ is: "saved" });
  expect(new Set(sent.flatMap(({ commands }) => commands.map(({ command_id }) => command_id))).size).toBe(1);
});

it("keeps each person's changes apart", async () => {
  answering = away;
  void enqueue("b1", approve("a"));
  await vi.waitFor(() => expect(changes.get()).toHaveLength(1));
  sessionState.set({
    is: "in",
    session: { personId: "u2", accessToken: "", refreshToken: "", expiresAt: Infinity, email: "", name: "" },
  });
  answering = allDone;
  sent.length = 0;
  await vi.waitFor(async () => {
    await flush();
    expect(changes.get()).toEqual([]);
  });
  expect(sent).toEqual([]);
  expect(await (await database()).count("changes")).toBe(1);
});
