// The queue's own script: no other page loads it, and the queue works without it.
import { keys } from "./js/keys.js";
import { poll } from "./js/poll.js";

document.querySelectorAll("[data-queue]").forEach(poll);
document.querySelectorAll("[data-keys]").forEach(keys);
