"""The worker process: pipeline, history, jobs, alerts. One per data folder and partition."""
