import { api, ask } from "./client";
import { Problem } from "./problem";
import type { Job } from "./types";

const FIRST_WAIT_MS = 60;
const LONGEST_WAIT_MS = 1000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Follow work that the server does in the background until it is done; a failed job throws. */
export async function followJob(id: string, onProgress?: (job: Job) => void): Promise<Job> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.6, LONGEST_WAIT_MS)) {
    const job = await ask(api.GET("/api/jobs/{job}", { params: { path: { job: id } } }));
    onProgress?.(job);
    if (job.state === "done") return job;
    if (job.state === "failed") throw new Problem(409, "job_failed", job.error ?? "");
    await pause(wait);
  }
}
