/** The module of the worker in which a page computes. */
import { expose } from "comlink";
import { workerHost } from "./worker-host.js";

expose(workerHost());
