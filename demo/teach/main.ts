import { loadBackend } from "spikelet/backend";
import { announce } from "../page/announce.js";
import { byId } from "../page/element.js";
import { failedToOpen, messageOf } from "../page/failed.js";
import source from "./learning.ts?raw";
import type { SignContent } from "./lesson.js";
import { Link } from "./link.js";
import { Room } from "./room.js";
import { STARTERS } from "./starters.js";

/** Heading of the page for those who were sent symbols. */
const INVITATION = "Can it read yours?";

async function open(): Promise<void> {
  const link = new Link(() => {
    const signs = sent(link);
    if (signs !== undefined) room.replace(signs);
  });
  const signs = sent(link);
  if (signs !== undefined) byId("title", HTMLElement).textContent = INVITATION;
  const room = new Room(signs ?? STARTERS, link);
  byId("code", HTMLElement).textContent = source;
  await loadBackend();
  room.start();
}

/** The symbols in the address; `undefined` where it holds none or is damaged, which the page then says. */
function sent(link: Link): SignContent[] | undefined {
  const note = byId("note", HTMLElement);
  note.hidden = true;
  try {
    return link.signs;
  } catch (thrown) {
    note.textContent = `${messageOf(thrown)}. The symbols below are not from it.`;
    note.hidden = false;
    announce(note.textContent);
    console.warn(thrown);
    return undefined;
  }
}

open().catch(failedToOpen);
